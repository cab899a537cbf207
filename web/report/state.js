// SPDX-License-Identifier: Apache-2.0
// What is shown: view, filters, and the segment in hand. Kept in the URL's fragment, so that a link leads to the same.

const views = {overview: 'Overview', timeline: 'Timeline', segments: 'Segments', rejected: 'Rejected'};
const noFilters = () => ({emotion: [], language: '', source: '', speaker: '', voice: '', low: 0, high: 100, reason: ''});
const state = {view: 'overview', filters: noFilters(), selected: -1, kept: [], rejected: []};
const whenChanged = [];  // called with what changed: 'view', 'filters' or 'selected'

function readFragment() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  const filters = noFilters();
  state.view = Object.hasOwn(views, wanted.get('view')) ? wanted.get('view') : 'overview';
  filters.emotion = (wanted.get('emotion') || '').split(',').filter((name) => corpus.emotions.includes(name));
  for (const name of ['language', 'source', 'speaker', 'voice', 'reason']) filters[name] = wanted.get(name) || '';
  const share = (name, otherwise) => {
    const value = Number(wanted.get(name) ?? NaN);
    return value >= 0 && value <= 100 ? value : otherwise;
  };
  filters.low = share('low', 0);
  filters.high = share('high', 100);
  state.filters = filters;
  state.selected = indexOfId.get(wanted.get('segment')) ?? -1;
}

function writeFragment() {
  const kept = new URLSearchParams();
  if (state.view !== 'overview') kept.set('view', state.view);
  const filters = state.filters;
  if (filters.emotion.length > 0) kept.set('emotion', filters.emotion.join(','));
  for (const name of ['language', 'source', 'speaker', 'voice', 'reason']) if (filters[name]) kept.set(name, filters[name]);
  if (filters.low > 0) kept.set('low', filters.low);
  if (filters.high < 100) kept.set('high', filters.high);
  if (state.selected >= 0) kept.set('segment', segments.id[state.selected]);
  history.replaceState(null, '', `#${kept}`);
}

function changed(what) {
  if (what === 'filters') applyFilters();
  writeFragment();
  for (const listener of whenChanged) listener(what);
}

// Fills state.kept and state.rejected with the indices that pass the filters.
function applyFilters() {
  const filters = state.filters;
  const emotions = new Set(filters.emotion.map((name) => corpus.emotions.indexOf(name)));
  const ofSource = matchingSources(filters.source);
  const isWanted = (value, name, text) => text === '' || name(value) === text;
  state.kept = [];
  for (let i = 0; i < numSegments; ++i) {
    const agreement = segments.agreement[i] / 10;
    if (emotions.size > 0 && !emotions.has(segments.emotion[i])) continue;
    if (!isWanted(segments.language[i], languageName, filters.language)) continue;
    if (!isWanted(segments.speaker[i], speakerName, filters.speaker)) continue;
    if (!isWanted(segments.voice_check[i], voiceCheckName, filters.voice)) continue;
    if (ofSource && !ofSource.has(segments.source[i])) continue;
    if (agreement < filters.low || agreement > filters.high) continue;
    state.kept.push(i);
  }
  state.rejected = [];
  for (let i = 0; i < rejections.reason.length; ++i) {
    if (filters.reason && corpus.reasons[rejections.reason[i]] !== filters.reason) continue;
    if (ofSource && !ofSource.has(rejections.source[i])) continue;
    state.rejected.push(i);
  }
}

// The sources whose name or title has `text` in it; null for all.
function matchingSources(text) {
  if (text === '') return null;
  const wanted = text.toLowerCase();
  const has = (source) => `${source.name}\n${source.title || ''}`.toLowerCase().includes(wanted);
  return new Set(sources.map((source, index) => has(source) ? index : -1).filter((index) => index >= 0));
}

const numFilters = () => {
  const f = state.filters;
  return (f.emotion.length > 0) + (f.language !== '') + (f.source !== '') + (f.speaker !== '') + (f.voice !== '') + (f.reason !== '')
      + (f.low > 0 || f.high < 100);
};

function showView(view) {
  state.view = view;
  changed('view');
}

// Makes a segment the one in hand; plays it if asked to.
function select(index, play = false) {
  state.selected = index;
  changed('selected');
  if (play) playSelected();
}

// The segment `step` places on among those that pass the filters.
function step(by) {
  if (state.kept.length === 0) return;
  const at = state.kept.indexOf(state.selected);
  const next = at < 0 ? (by > 0 ? 0 : state.kept.length - 1) : Math.min(state.kept.length - 1, Math.max(0, at + by));
  select(state.kept[next], !audio.paused);
}
