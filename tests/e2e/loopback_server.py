# SPDX-License-Identifier: Apache-2.0
"""An HTTP server on 127.0.0.1 that serves one tiny clip well and badly, for tests of collecting and downloading.

As a program it prints "PORT SIZE" on one line (SIZE: bytes of the clip) and serves until it is killed.

  /clip.mp4 /second.mp4   the clip, with Range requests
  /feed.xml               a feed of two clips and a duplicate; /page.html: a page with two <video> elements
  /embed.html             a page with one <video> element
  /recorded.m3u8          the clip as HLS, in one piece; /live.m3u8: the same without its end; /recorded.html,
                          /live.html, /live-variants.html: pages with one of them, the last by a list of variants
  /missing.mp4            404
  /stall.mp4              the head, half of the body, then silence
  /mute.mp4               accepts the connection and never answers
  /truncated.mp4          promises the whole clip, sends a third, closes; no Range
  /flaky.mp4              the first GET with a body is cut in the middle, later ones resume by Range
  /busy.mp4 /busy.xml     429 for the first two requests, then as /clip.mp4, /feed.xml
  /always-busy.mp4        429
  /endless.mp4            no Content-Length, never ends
  /text.mp4               a text that says it is video/mp4
  /log                    the paths asked for so far, one on a line
"""

import http.server
import subprocess
import tempfile
import threading
import time
from pathlib import Path

FEED = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Сезім арнасы</title><link>{base}/</link>
<item><title>Бірінші бейне: ҚУАНЫШ</title><link>{base}/clip.mp4</link></item>
<item><title>Second "clip" &amp; more</title><link>{base}/second.mp4</link></item>
<item><title>Бірінші бейне, again</title><link>{base}/clip.mp4</link></item>
</channel></rss>
"""
HLS = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXTINF:2.0,\npiece.ts\n"
HLS_PAGES = {"/recorded.html": "recorded.m3u8", "/live.html": "live.m3u8", "/live-variants.html": "variants.m3u8"}
HLS_LISTS = {
    "/recorded.m3u8": HLS + "#EXT-X-ENDLIST\n",
    "/live.m3u8": HLS,
    "/variants.m3u8": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=100000,RESOLUTION=96x64\nlive.m3u8\n",
}
PAGE = "<html><head><title>Two clips</title></head><body>{videos}</body></html>"


def make_clip() -> bytes:
    """Two seconds of a test picture and a tone, as MP4."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        subprocess.run(
            ["ffmpeg", "-v", "error", "-nostdin",
             "-f", "lavfi", "-i", "testsrc=size=96x64:rate=10:duration=2",
             "-f", "lavfi", "-i", "sine=frequency=220:duration=2",
             "-pix_fmt", "yuv420p", "-movflags", "+faststart", str(path)],
            check=True)
        return path.read_bytes()


def as_transport_stream(clip: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "clip.mp4").write_bytes(clip)
        subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-i", "clip.mp4", "-c", "copy", "piece.ts"], cwd=folder, check=True)
        return (Path(folder) / "piece.ts").read_bytes()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "LoopbackServer"

    def log_message(self, format, *args):
        pass

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        server = self.server
        path = self.path.split("?")[0]
        with server.lock:
            if path != "/log":
                server.requests.append(path)
            count = server.requests.count(path)
        if path in ("/busy.mp4", "/busy.xml"):
            if count <= 2:
                return self.reply(429, "text/plain", b"slow down", {"Retry-After": "1"})
            path = "/clip.mp4" if path == "/busy.mp4" else "/feed.xml"
        if path in ("/clip.mp4", "/second.mp4"):
            return self.send_clip()
        if path == "/feed.xml":
            return self.reply(200, "application/rss+xml", FEED.format(base=server.base).encode())
        if path == "/page.html":
            videos = '<video src="clip.mp4"></video><video src="second.mp4"></video>'
            return self.reply(200, "text/html; charset=utf-8", PAGE.format(videos=videos).encode())
        if path == "/embed.html":
            return self.reply(200, "text/html; charset=utf-8", PAGE.format(videos='<video src="clip.mp4"></video>').encode())
        if path in HLS_PAGES:
            videos = f'<video src="{HLS_PAGES[path]}"></video>'
            return self.reply(200, "text/html; charset=utf-8", PAGE.format(videos=videos).encode())
        if path in HLS_LISTS:
            return self.reply(200, "application/vnd.apple.mpegurl", HLS_LISTS[path].encode())
        if path == "/piece.ts":
            return self.reply(200, "video/mp2t", as_transport_stream(server.clip))
        if path == "/text.mp4":
            return self.reply(200, "video/mp4", b"this is not a video\n" * 100)
        if path == "/always-busy.mp4":
            return self.reply(429, "text/plain", b"slow down")
        if path == "/stall.mp4":
            return self.send_part(len(server.clip) // 2, stall=True)
        if path == "/mute.mp4":
            return server.stopping.wait(60)
        if path == "/truncated.mp4":
            return self.send_part(len(server.clip) // 3, stall=False)
        if path == "/flaky.mp4":
            # yt-dlp asks twice: to learn what this is, and to download.
            if count <= 2:
                return self.send_part(len(server.clip) // 3, stall=False)
            return self.send_clip()
        if path == "/endless.mp4":
            return self.send_endless()
        if path == "/log":
            return self.reply(200, "text/plain", "\n".join(server.requests).encode())
        return self.reply(404, "text/plain", b"no such thing")

    def reply(self, status, content_type, body, headers=None):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_clip(self):
        clip = self.server.clip
        wanted = self.headers.get("Range", "")
        if wanted.startswith("bytes="):
            first, _, last = wanted[len("bytes="):].partition("-")
            first, last = int(first), int(last) if last else len(clip) - 1
            return self.reply_range(clip, first, min(last, len(clip) - 1))
        return self.reply(200, "video/mp4", clip, {"Accept-Ranges": "bytes"})

    def reply_range(self, clip, first, last):
        self.reply(206, "video/mp4", clip[first:last + 1],
                   {"Content-Range": f"bytes {first}-{last}/{len(clip)}"})

    def send_part(self, size, stall):
        self.send_response(200)
        self.send_header("Content-Type", "video/mp4")
        self.send_header("Content-Length", str(len(self.server.clip)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(self.server.clip[:size])
            self.wfile.flush()
        if stall:
            self.server.stopping.wait(60)
        self.close_connection = True

    def send_endless(self):
        self.send_response(200)
        self.send_header("Content-Type", "video/mp4")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            while not self.server.stopping.is_set():
                self.wfile.write(b"\0" * 65536)
                time.sleep(0.01)
        except OSError:
            pass  # the other side has had enough, as it should


class LoopbackServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, clip=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.clip = clip or make_clip()
        self.base = f"http://127.0.0.1:{self.server_port}"
        self.lock = threading.Lock()
        self.requests = []
        self.stopping = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # a client that goes away is part of these tests

    def close(self):
        self.stopping.set()
        self.shutdown()
        self.server_close()


if __name__ == "__main__":
    running = LoopbackServer()
    print(running.server_port, len(running.clip), flush=True)
    running.stopping.wait()
