// SPDX-License-Identifier: Apache-2.0
// Preloaded into a program: files whose path ends with FAILING_FILE cannot be read any more, once FAILING_AFTER bytes
// of them have been; if FAILING_ONCE is 1, for a single time. read() fails then with EIO, as on a damaged disk.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int is_failing_file(int descriptor) {
  char link[64];
  char path[4096];
  const char* const ending = getenv("FAILING_FILE");
  if (ending == NULL) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = '\0';
  const size_t tail = strlen(ending);
  return (size_t)length >= tail && strcmp(path + length - tail, ending) == 0;
}

static long num_read = 0;

static int has_failed = 0;

static int fails(int descriptor) {
  if (!is_failing_file(descriptor) || num_read < atol(getenv("FAILING_AFTER"))) return 0;
  if (has_failed && strcmp(getenv("FAILING_ONCE"), "1") == 0) return 0;
  has_failed = 1;
  errno = EIO;
  return 1;
}

static void note(int descriptor, ssize_t got) {
  if (got > 0 && is_failing_file(descriptor)) num_read += got;
}

ssize_t read(int descriptor, void* bytes, size_t count) {
  static ssize_t (*original)(int, void*, size_t) = NULL;
  if (original == NULL) original = (ssize_t(*)(int, void*, size_t))dlsym(RTLD_NEXT, "read");
  if (fails(descriptor)) return -1;
  const ssize_t got = original(descriptor, bytes, count);
  note(descriptor, got);
  return got;
}

ssize_t pread64(int descriptor, void* bytes, size_t count, off64_t from) {
  static ssize_t (*original)(int, void*, size_t, off64_t) = NULL;
  if (original == NULL) original = (ssize_t(*)(int, void*, size_t, off64_t))dlsym(RTLD_NEXT, "pread64");
  if (fails(descriptor)) return -1;
  const ssize_t got = original(descriptor, bytes, count, from);
  note(descriptor, got);
  return got;
}

ssize_t pread(int descriptor, void* bytes, size_t count, off_t from) {
  return pread64(descriptor, bytes, count, from);
}
