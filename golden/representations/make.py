# SPDX-License-Identifier: Apache-2.0
"""Writes tiny networks, of made weights, that have the interfaces of those that users bring, and a reference input.

    VENV/bin/python make.py            with the packages of models/converters/requirements.txt
    python make.py --references        with kaldi-native-fbank 1.23.0 and numpy 2.4.6

The first writes the networks:
    emotion2vec.onnx   samples [1, N] to two layers [1, T, 8], by seven convolutions of wav2vec 2.0's sizes, 320 samples a frame
    wrong-rate.onnx    the same with 160 samples a frame
    vggvox.onnx        spectrogram [1, 1, 512, T] to fc7 [1, 8]
    xvector.onnx       mel bands [1, T, 24] to an embedding [1, 8]
The second writes references.json, of the signal of golden/vad: Kaldi's mel bands by kaldi-native-fbank.
"""

import json
import pathlib
import sys

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "models" / "converters"))


def numbers(shape, scale, seed):
    return (scale * (2 * np.random.default_rng(seed).random(shape) - 1)).astype(np.float32)


def frame_network(strides):
    from onnx_graph import OnnxGraph

    graph = OnnxGraph("frames")
    graph.add_input("samples", (None, "T"))
    value = graph.add_node("Unsqueeze", ["samples", graph.add_weight("one", np.array([1], np.int64))], "channel")
    for i, (kernel, stride) in enumerate(zip((10, 3, 3, 3, 3, 2, 2), strides)):
        weight = graph.add_weight(f"weight{i}", numbers((8, 8 if i else 1, kernel), 0.5, i))
        convolved = graph.add_node("Conv", [value, weight], f"conv{i}", kernel_shape=[kernel], strides=[stride])
        value = graph.add_node("Tanh", [convolved], f"tanh{i}")
    graph.add_node("Transpose", [value], "layer0", perm=[0, 2, 1])
    mixed = graph.add_node("MatMul", ["layer0", graph.add_weight("mix", numbers((8, 8), 1, 9))], "mixed")
    graph.add_node("Tanh", [mixed], "layer1")
    for layer in ("layer0", "layer1"):
        graph.add_output(layer, (None, "frames", 8))
    return graph


def clip_network(shape, axis, output):
    """Mean and maximum over the axis of time, through one layer."""
    from onnx_graph import OnnxGraph

    graph = OnnxGraph("clip")
    graph.add_input("input", shape)
    width = next(size for size in shape[1:] if isinstance(size, int) and size > 1)
    flat = graph.add_weight("flat", np.array([-1, width], np.int64))
    parts = []
    for op in ("ReduceMean", "ReduceMax"):
        pooled = graph.add_node(op, ["input"], f"{op}/pooled", axes=[axis], keepdims=0)
        parts.append(graph.add_node("Reshape", [pooled, flat], op))
    both = graph.add_node("Concat", parts, "both", axis=1)
    graph.add_node("Gemm", [both, graph.add_weight("weight", numbers((2 * width, 8), 0.2, 1))], output)
    graph.add_output(output, (None, 8))
    return graph


def write_networks():
    frame_network((5, 2, 2, 2, 2, 2, 2)).save(HERE / "emotion2vec.onnx")
    frame_network((5, 2, 2, 2, 2, 2, 1)).save(HERE / "wrong-rate.onnx")
    clip_network((None, 1, 512, "T"), 3, "fc7").save(HERE / "vggvox.onnx")
    clip_network((None, "T", 24), 1, "embedding").save(HERE / "xvector.onnx")


def write_references():
    import kaldi_native_fbank

    sys.path.insert(0, str(HERE.parent / "vad"))
    from make import golden_signal

    samples = np.rint(golden_signal().astype(np.float64) * 32768)
    options = kaldi_native_fbank.FbankOptions()
    options.frame_opts.dither = 0
    options.mel_opts.num_bins = 24
    fbank = kaldi_native_fbank.OnlineFbank(options)
    fbank.accept_waveform(16000, samples.tolist())
    fbank.input_finished()
    bands = [fbank.get_frame(i) for i in range(fbank.num_frames_ready)]

    shown = (0, 60, 150, len(bands) - 1)
    out = {
        "num_frames": len(bands),
        "fbank": {str(i): rounded(bands[i]) for i in shown},
    }
    (HERE / "references.json").write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")


def rounded(values):
    return [float(f"{value:.6g}") for value in values]


if __name__ == "__main__":
    write_references() if "--references" in sys.argv else write_networks()
