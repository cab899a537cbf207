// SPDX-License-Identifier: Apache-2.0
// What the page holds: the corpus in columns (docs/formats/report.md), pictures and sounds decoded when first asked for.
'use strict';

const corpus = JSON.parse(document.getElementById('data').textContent);
const segments = corpus.segments;
const rejections = corpus.rejections || {source: [], start_ms: [], end_ms: [], reason: [], detail: []};
const sources = corpus.sources || [];
const numSegments = segments.id ? segments.id.length : 0;
const numEmotions = corpus.emotions.length;
const indexOfId = new Map((segments.id || []).map((id, index) => [id, index]));

// Two letters, so that no emotion is told by its colour alone.
const shortName = (emotion) => corpus.emotions[emotion].slice(0, 1).toUpperCase() + corpus.emotions[emotion].slice(1, 2);

const durationS = (index) => (segments.end_ms[index] - segments.start_ms[index]) / 1000;
const scoresOf = (index) => segments.scores.slice(index * numEmotions, (index + 1) * numEmotions).map((s) => s / 1000);
const sourceName = (source) => source < 0 ? 'unknown source' : sources[source].title || sources[source].name;
const languageName = (language) => language < 0 ? 'not stated' : corpus.languages[language];

// Speakers are named by a segment's id; people need something to say: S1, S2, … in the order of the corpus.
const speakerName = (speaker) => speaker < 0 ? 'not known' : `S${speaker + 1}`;

const voiceCheckName = (check) => check < 0 ? 'not asked' : corpus.voice_checks[check];

// What a voice model made of a segment, as people say it; null where none was asked.
function voiceText(index) {
  if (segments.voice_check[index] < 0) return null;
  const heard = segments.voice_emotion[index];
  return `${heard < 0 ? 'voice not heard' : `voice ${corpus.emotions[heard]}`}: ${voiceCheckName(segments.voice_check[index])}`;
}

// "1:02:03" or "2:03"; with tenths of a second where asked for.
function clock(seconds, tenths = false) {
  const whole = tenths ? Math.floor(seconds * 10) / 10 : Math.round(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, Math.floor(whole % 60)];
  const text = (parts[0] > 0 ? `${parts[0]}:${String(parts[1]).padStart(2, '0')}` : parts[1])
      + `:${String(parts[2]).padStart(2, '0')}`;
  return tenths ? `${text}.${Math.floor(whole * 10 + 1e-6) % 10}` : text;
}

// Seconds as people say them.
function spell(seconds) {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${(seconds / 60).toFixed(1)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

const percent = (share) => `${Math.round(share * 100)} %`;
const counted = (count, one, many) => `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

const facesPerElement = 100;
const faceElements = new Map();

// The face of a segment as a URL for <img>; empty where the corpus has no picture of it.
function faceUrl(index) {
  const number = Math.floor(index / facesPerElement);
  if (!faceElements.has(number)) {
    const element = document.getElementById(`faces-${number}`);
    faceElements.set(number, element ? JSON.parse(element.textContent) : []);
  }
  const face = faceElements.get(number)[index % facesPerElement];
  return face ? `data:image/jpeg;base64,${face}` : '';
}

let soundInUse = '';

// The sound of a segment as a URL for <audio>. Of sounds that are in the page only the latest URL works.
function soundUrl(index) {
  const path = segments.audio[index];
  if (!corpus.has_sounds) return corpus.audio_base + path.split('/').map(encodeURIComponent).join('/');
  const text = atob(document.getElementById(`sound-${index}`).textContent);
  const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
  if (soundInUse) URL.revokeObjectURL(soundInUse);
  soundInUse = URL.createObjectURL(new Blob([bytes], {type: path.endsWith('.flac') ? 'audio/flac' : 'audio/wav'}));
  return soundInUse;
}
