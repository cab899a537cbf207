// SPDX-License-Identifier: Apache-2.0
// The timeline: a row for each source with tracks for speech, faces, segments and rejections, drawn on a canvas.

const tracks = [
  {name: 'speech', top: 3, height: 10},
  {name: 'faces', top: 20, height: 10},
  {name: 'segments', top: 38, height: 30},
  {name: 'rejected', top: 76, height: 13},
];
const axisTop = 93;
const canvasHeight = 112;
const timelineRowHeight = 188;
const windows = new Map();  // of a source: the part in sight, {from, to} in milliseconds
const focused = new Map();  // of a source: the item that the keyboard is at

// The items of a source that pass the filters, by time: {kind, index, start, end}.
function itemsBySource() {
  const items = new Map();
  const add = (source, item) => {
    if (!items.has(source)) items.set(source, []);
    items.get(source).push(item);
  };
  for (const i of state.kept) add(segments.source[i], {kind: 'segment', index: i, start: segments.start_ms[i], end: segments.end_ms[i]});
  for (const i of state.rejected) {
    if (rejections.start_ms[i] === null) continue;
    add(rejections.source[i], {kind: 'rejection', index: i, start: rejections.start_ms[i], end: rejections.end_ms[i]});
  }
  for (const list of items.values()) list.sort((a, b) => a.start - b.start || a.end - b.end);
  return items;
}

let timelineItems = new Map();
let timelineSources = [];

const lengthMs = (source) => Math.max(1000, sources[source].duration_s * 1000);
const windowOf = (source) => windows.get(source) || {from: 0, to: lengthMs(source)};

function setWindow(source, from, to) {
  const length = lengthMs(source);
  const width = Math.min(length, Math.max(2000, to - from));
  const start = Math.min(length - width, Math.max(0, from));
  windows.set(source, {from: start, to: start + width});
  drawTimelineOf(source);
}

function zoom(source, factor, middle) {
  const {from, to} = windowOf(source);
  const at = middle ?? (from + to) / 2;
  setWindow(source, at - (at - from) / factor, at - (at - from) / factor + (to - from) / factor);
}

function describe(item) {
  const when = `${clock(item.start / 1000, true)} to ${clock(item.end / 1000, true)}`;
  if (item.kind === 'segment') return `${corpus.emotions[segments.emotion[item.index]]}, ${when}, agreement ${percent(segments.agreement[item.index] / 1000)}`;
  const detail = rejections.detail[item.index];
  return `rejected: ${corpus.reasons[rejections.reason[item.index]]}, ${when}${detail ? `. ${detail}` : ''}`;
}

// Ticks of the axis: about one in 110 pixels, at round times.
function tickStep(spanMs, pixels) {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400].map((s) => s * 1000);
  return steps.find((step) => step >= spanMs / (pixels / 110)) || 28800000;
}

function drawTimelineOf(source) {
  const canvas = document.querySelector(`canvas[data-source="${source}"]`);
  if (!canvas) return;
  const width = canvas.clientWidth;
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(canvasHeight * scale);
  const draw = canvas.getContext('2d');
  draw.scale(scale, scale);
  const {from, to} = windowOf(source);
  const x = (ms) => (ms - from) / (to - from) * width;
  const block = (start, end, top, height, least = 1) => {
    if (end < from || start > to) return null;
    const left = Math.max(-4, x(start));
    const full = Math.min(width + 4, x(end)) - left;
    const box = [left, top, Math.max(least, full > 4 ? full - 1 : full), height];  // neighbours stay apart
    draw.fillRect(...box);
    return box;
  };
  draw.fillStyle = cssColour('track');
  for (const track of tracks) draw.fillRect(0, track.top, width, track.height);
  for (const [number, spans] of [sources[source].speech, sources[source].faces].entries()) {
    draw.fillStyle = cssColour(number === 0 ? 'speech' : 'faces');
    for (let i = 0; i < spans.length; i += 2) block(spans[i], spans[i + 1], tracks[number].top, tracks[number].height);
  }
  const now = focused.get(source);
  const colourOf = corpus.emotions.map((name, emotion) => emotionColour(emotion));
  const reject = cssColour('reject');
  const ink = cssColour('on-emotion');
  draw.font = '600 12px system-ui, sans-serif';
  draw.textBaseline = 'middle';
  draw.textAlign = 'center';
  for (const item of timelineItems.get(source) || []) {
    const track = tracks[item.kind === 'segment' ? 2 : 3];
    draw.fillStyle = item.kind === 'segment' ? colourOf[segments.emotion[item.index]] : reject;
    const box = block(item.start, item.end, track.top, track.height, 2);
    if (!box) continue;
    if (item.kind === 'segment' && box[2] > 22) {
      draw.fillStyle = ink;
      const middle = (Math.max(0, box[0]) + Math.min(width, box[0] + box[2])) / 2;
      draw.fillText(shortName(segments.emotion[item.index]), middle, track.top + track.height / 2 + 1);
    }
  }
  for (const item of timelineItems.get(source) || []) {
    const isNow = item === now && document.activeElement === canvas;
    if (!isNow && !(item.kind === 'segment' && item.index === state.selected)) continue;
    const track = tracks[item.kind === 'segment' ? 2 : 3];
    draw.strokeStyle = cssColour('text');
    draw.lineWidth = 2;
    draw.strokeRect(x(item.start) - 1, track.top - 2, Math.max(5, x(item.end) - x(item.start)) + 1, track.height + 4);
  }
  draw.fillStyle = cssColour('quiet');
  draw.font = '11px system-ui, sans-serif';
  draw.textBaseline = 'top';
  const step = tickStep(to - from, width);
  for (let tick = Math.ceil(from / step) * step; tick <= to; tick += step) {
    const at = x(tick);
    draw.fillRect(at, axisTop, 1, 4);
    draw.textAlign = at < 18 ? 'left' : at > width - 18 ? 'right' : 'center';
    draw.fillText(clock(tick / 1000), at, axisTop + 6);
  }
}

// All that are on the page.
function drawTimelines() {
  for (const canvas of document.querySelectorAll('canvas[data-source]')) drawTimelineOf(Number(canvas.dataset.source));
}

// The item under a point of the canvas: of its track, and for fingers somewhat beside it.
function itemAt(source, canvas, event) {
  const box = canvas.getBoundingClientRect();
  const {from, to} = windowOf(source);
  const ms = from + (event.clientX - box.left) / box.width * (to - from);
  const y = event.clientY - box.top;
  const kind = y >= tracks[3].top - 2 && y < axisTop ? 'rejection' : y >= tracks[2].top - 6 && y < tracks[3].top - 2 ? 'segment' : '';
  const reach = (to - from) / box.width * (event.pointerType === 'touch' ? 12 : 3);
  let best = null;
  let least = reach;
  for (const item of timelineItems.get(source) || []) {
    if (item.kind !== kind) continue;
    const away = Math.max(0, item.start - ms, ms - item.end);
    if (away < least || (away === 0 && best === null)) {
      best = item;
      least = away;
    }
  }
  return best;
}

function activate(source, item) {
  focused.set(source, item);
  if (item.kind === 'segment') select(item.index, true);
  else say(describe(item));
  drawTimelineOf(source);
}

function tipAtItem(source, canvas, item) {
  const box = canvas.getBoundingClientRect();
  const {from, to} = windowOf(source);
  const middle = Math.min(to, Math.max(from, (item.start + item.end) / 2));
  showTip(describe(item), box.left + (middle - from) / (to - from) * box.width, box.top + tracks[item.kind === 'segment' ? 2 : 3].top);
}

// Moves the keyboard's place to an item, and the window to where it is seen.
function focusItem(source, canvas, item) {
  focused.set(source, item);
  const {from, to} = windowOf(source);
  if (item.start < from || item.end > to) setWindow(source, item.start - (to - from) / 2, item.start + (to - from) / 2);
  drawTimelineOf(source);
  tipAtItem(source, canvas, item);
  say(describe(item));
}

function timelineKey(source, canvas, event) {
  const items = timelineItems.get(source) || [];
  const {from, to} = windowOf(source);
  const at = items.indexOf(focused.get(source));
  const go = (place) => { if (items.length > 0) focusItem(source, canvas, items[Math.min(items.length - 1, Math.max(0, place))]); };
  const actions = {
    ArrowRight: () => event.shiftKey ? setWindow(source, from + (to - from) / 4, to + (to - from) / 4) : go(at + 1),
    ArrowLeft: () => event.shiftKey ? setWindow(source, from - (to - from) / 4, to - (to - from) / 4) : go(at < 0 ? 0 : at - 1),
    Home: () => go(0), End: () => go(items.length - 1),
    Enter: () => { if (at >= 0) activate(source, items[at]); },
    '+': () => zoom(source, 1.6, focused.get(source)?.start), '=': () => zoom(source, 1.6, focused.get(source)?.start),
    '-': () => zoom(source, 1 / 1.6, focused.get(source)?.start),
    0: () => setWindow(source, 0, lengthMs(source)),
  };
  if (!Object.hasOwn(actions, event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  actions[event.key]();
}

// Pointers: one drags, two pinch; a press that does not move chooses what is under it.
function followPointers(source, canvas) {
  const down = new Map();
  let start = null;
  const begin = () => {
    const places = [...down.values()];
    start = {...windowOf(source), x: places.reduce((sum, p) => sum + p.clientX, 0) / places.length,
      width: places.length > 1 ? Math.max(20, Math.abs(places[0].clientX - places[1].clientX)) : 0, moved: start?.moved && down.size > 1};
  };
  canvas.addEventListener('pointerdown', (event) => {
    canvas.focus({preventScroll: true});
    down.set(event.pointerId, event);
    start = down.size === 1 ? null : start;
    begin();
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!down.has(event.pointerId)) {
      const item = itemAt(source, canvas, event);
      canvas.style.cursor = item ? 'pointer' : 'grab';
      return item ? tipAtItem(source, canvas, item) : hideTip();
    }
    down.set(event.pointerId, event);
    const places = [...down.values()];
    const x = places.reduce((sum, p) => sum + p.clientX, 0) / places.length;
    if (Math.abs(x - start.x) > 4 || places.length > 1) start.moved = true;
    if (!start.moved) return;
    hideTip();
    const box = canvas.getBoundingClientRect();
    const span = start.to - start.from;
    const factor = places.length > 1 ? Math.max(20, Math.abs(places[0].clientX - places[1].clientX)) / start.width : 1;
    const under = start.from + (start.x - box.left) / box.width * span;
    const from = under - (x - box.left) / box.width * span / factor;
    setWindow(source, from, from + span / factor);
  });
  const release = (event) => {
    if (!down.delete(event.pointerId)) return;
    const item = event.type === 'pointerup' && !start.moved && down.size === 0 && itemAt(source, canvas, event);
    if (item) {
      activate(source, item);
      tipAtItem(source, canvas, item);
    }
    if (down.size > 0) begin();
  };
  canvas.addEventListener('pointerup', release);
  canvas.addEventListener('pointercancel', release);
  // A finger leaves as soon as it is lifted: what it chose stays explained until the next press, or until the page moves.
  canvas.addEventListener('pointerleave', (event) => { if (event.pointerType !== 'touch') hideTip(); });
  canvas.addEventListener('wheel', (event) => {
    const {from, to} = windowOf(source);
    const box = canvas.getBoundingClientRect();
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      zoom(source, Math.exp(-event.deltaY / 300), from + (event.clientX - box.left) / box.width * (to - from));
    } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      const by = (event.deltaX || event.deltaY) / box.width * (to - from);
      setWindow(source, from + by, to + by);
    }
  }, {passive: false});
}

function timelineRow(place) {
  const source = timelineSources[place];
  const one = sources[source];
  const items = timelineItems.get(source) || [];
  const kept = items.filter((item) => item.kind === 'segment').length;
  const name = sourceName(source);
  const canvas = make('canvas', {tabindex: 0, 'data-source': source, role: 'application', 'aria-roledescription': 'timeline',
    'aria-label': `${name}: ${counted(kept, 'segment', 'segments')}, ${counted(items.length - kept, 'rejection', 'rejections')}. Arrow keys move, Enter plays.`,
    onkeydown: (event) => timelineKey(source, canvas, event), onfocus: () => drawTimelineOf(source),
    onblur: () => { hideTip(); drawTimelineOf(source); }});
  followPointers(source, canvas);
  const state_ = one.state === 'done' ? '' : one.state === 'working' ? ' · not finished yet' : ' · rejected';
  const row = make('article', {class: 'timeline', 'aria-label': name},
      make('header', {}, make('div', {class: 'timeline-text'}, make('h2', {title: one.name}, name),
          make('p', {class: 'quiet'}, `${clock(one.duration_s)} · ${kept} kept · ${items.length - kept} rejected${state_}`)),
      make('div', {class: 'timeline-buttons'}, button('minus', 'Zoom out', () => zoom(source, 1 / 2)),
          button('plus', 'Zoom in', () => zoom(source, 2)), button('fit', 'Show all of it', () => setWindow(source, 0, lengthMs(source))))),
      make('div', {class: 'timeline-body'},
          make('div', {class: 'timeline-names', 'aria-hidden': 'true'}, ...tracks.map((track) =>
            make('span', {style: `top:${track.top + track.height / 2 - 8}px`}, track.name))), canvas));
  row.whenShown = () => drawTimelineOf(source);
  return row;
}

function drawTimeline() {
  if (list) list.end();
  timelineItems = itemsBySource();
  timelineSources = sources.map((source, index) => index);
  if (numFilters() > 0) timelineSources = timelineSources.filter((source) => timelineItems.has(source));
  if (timelineSources.length === 0) return byId('main').replaceChildren(make('p', {class: 'empty'}, 'No source has anything that passes the filters.'));
  list = new VirtualList({count: timelineSources.length, rowHeight: timelineRowHeight, draw: timelineRow, attributes: {id: 'timelines'}});
  const legend = make('div', {class: 'legend', 'aria-hidden': 'true'}, ...corpus.emotions.map((name, emotion) => emotionTag(emotion)));
  byId('main').replaceChildren(legend, list.element);
  list.show();
}

// Goes to the segment in hand in its source's timeline, and looks at half a minute around it.
function showInTimeline() {
  const index = state.selected;
  if (index < 0 || segments.source[index] < 0) return;
  const source = segments.source[index];
  if (state.view !== 'timeline') showView('timeline');
  if (lengthMs(source) > 60000) setWindow(source, segments.start_ms[index] - 15000, segments.start_ms[index] + 15000);
  list.reveal(timelineSources.indexOf(source));
  drawTimelineOf(source);
}
