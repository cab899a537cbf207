// SPDX-License-Identifier: Apache-2.0
// Runs the original face mesh and face description networks in TensorFlow.js (plain JavaScript backend) on made
// pictures and writes face-mesh.json and face-description.json.
//
//   npm install @tensorflow/tfjs@4.22.0 && node make_tfjs.mjs models
//
// Run by hand, from a folder with that node_modules. models is the folder package/models of the npm package
// @vladmandic/human 3.3.6, which holds facemesh.{json,bin} and faceres.{json,bin}.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const requireHere = createRequire(join(process.cwd(), 'package.json'));
const tf = requireHere('@tensorflow/tfjs');

const NETWORKS = [
  { name: 'face-mesh', file: 'facemesh', side: 192, range: [0, 1],
    outputs: { landmarks: 'Identity_2', presence: 'Identity_1' } },
  { name: 'face-description', file: 'faceres', side: 224, range: [-128, 128],
    outputs: { descriptor: 'global_pooling/Mean' } },
];

const FORMULA =
  'picture k of 2 is side x side in 3 planes, of cells of c x c pixels, c = 8 << (2 * k); s = k + 1; for each plane, ' +
  'for each cell row by row: s = (1664525 * s + 1013904223) mod 2^32, and all its pixels are ' +
  'low + (high - low) * (s >> 8) / 2^24';

// [2, side, side, 3]
function goldenPictures(side, [low, high]) {
  const pictures = tf.buffer([2, side, side, 3]);
  for (let k = 0; k < 2; k++) {
    const cell = 8 << (2 * k);
    let state = k + 1;
    for (let plane = 0; plane < 3; plane++) {
      for (let top = 0; top < side; top += cell) {
        for (let left = 0; left < side; left += cell) {
          state = (Math.imul(1664525, state) + 1013904223) >>> 0;
          const value = low + (high - low) * (state >>> 8) / 2 ** 24;
          for (let y = top; y < top + cell; y++) {
            for (let x = left; x < left + cell; x++) pictures.set(value, k, y, x, plane);
          }
        }
      }
    }
  }
  return pictures.toTensor();
}

const sha256 = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

const folder = process.argv[2];
await tf.setBackend('cpu');
for (const { name, file, side, range, outputs } of NETWORKS) {
  const paths = [join(folder, `${file}.json`), join(folder, `${file}.bin`)];
  const model = JSON.parse(readFileSync(paths[0], 'utf8'));
  const weights = readFileSync(paths[1]);
  const network = await tf.loadGraphModel(tf.io.fromMemory({
    ...model,
    weightSpecs: model.weightsManifest.flatMap((group) => group.weights),
    weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength),
  }));
  const results = network.execute(goldenPictures(side, range), Object.values(outputs));
  const tensors = Array.isArray(results) ? results : [results];
  const record = {
    tool: 'TensorFlow.js, backend cpu',
    versions: { '@tensorflow/tfjs': tf.version.tfjs, node: process.version },
    network: { file: `${file}.json, ${file}.bin`, sha256: paths.map(sha256) },
    formula: FORMULA,
    side,
    range,
    outputs: Object.fromEntries(Object.keys(outputs).map((output, i) =>
      [output, tensors[i].arraySync().map((row) => row.map((value) => Number(value.toPrecision(7))))])),
  };
  const json = JSON.stringify(record, null, 1).replace(/(?<=[0-9],|\[)\s+(?=-?[0-9])|(?<=[0-9])\s+(?=\])/g, '');
  writeFileSync(new URL(`${name}.json`, import.meta.url), json + '\n');
}
