// SPDX-License-Identifier: Apache-2.0
// Runs the original big-Xception in TensorFlow.js (plain JavaScript backend) on the golden pictures and writes
// big-xception.json. The pictures are those of make.py; FORMULA says how they are made.
//
//   npm install @tensorflow/tfjs@4.22.0 && node make_tfjs.mjs models/emotion.json models/emotion.bin
//
// Run by hand, from a folder with that node_modules. The two files are the members package/models/emotion.{json,bin}
// of the npm package @vladmandic/human 3.3.6.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const requireHere = createRequire(join(process.cwd(), 'package.json'));
const tf = requireHere('@tensorflow/tfjs');

const FORMULA =
  'picture k of 8 is 64x64; c = 1 << (k % 4); s = k + 1; for each cell of c x c pixels, row by row: ' +
  's = (1664525 * s + 1013904223) mod 2^32, and all its pixels are (s >> 8) / 2^23 - 1';

function goldenPictures() {
  const pixels = new Float32Array(8 * 64 * 64);
  for (let k = 0; k < 8; k++) {
    const cell = 1 << (k % 4);
    let state = k + 1;
    for (let y = 0; y < 64; y += cell) {
      for (let x = 0; x < 64; x += cell) {
        state = (Math.imul(1664525, state) + 1013904223) >>> 0;
        for (let dy = 0; dy < cell; dy++) {
          pixels.fill((state >>> 8) / 2 ** 23 - 1, (k * 64 + y + dy) * 64 + x, (k * 64 + y + dy) * 64 + x + cell);
        }
      }
    }
  }
  return tf.tensor4d(pixels, [8, 64, 64, 1]);
}

const sha256 = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

const [topologyPath, weightsPath] = process.argv.slice(2);
const model = JSON.parse(readFileSync(topologyPath, 'utf8'));
const weights = readFileSync(weightsPath);
await tf.setBackend('cpu');
const network = await tf.loadGraphModel(tf.io.fromMemory({
  ...model,
  weightSpecs: model.weightsManifest.flatMap((group) => group.weights),
  weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength),
}));
const outputs = await network.predict(goldenPictures()).array();
const record = {
  tool: 'TensorFlow.js, backend cpu',
  versions: { '@tensorflow/tfjs': tf.version.tfjs, node: process.version },
  network: { file: 'emotion.json, emotion.bin', sha256: [sha256(topologyPath), sha256(weightsPath)] },
  labels: ['angry', 'disgust', 'fear', 'happy', 'sad', 'surprise', 'neutral'],
  formula: FORMULA,
  outputs: outputs.map((row) => row.map((value) => Number(value.toPrecision(9)))),
};
writeFileSync(new URL('big-xception.json', import.meta.url), JSON.stringify(record, null, 1) + '\n');
