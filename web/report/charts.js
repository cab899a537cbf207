// SPDX-License-Identifier: Apache-2.0
// The overview: figures and charts of what passes the filters. Each chart gets the few rows that it draws.

const numBins = 20;

// Counts of `shares` (0 to 1) in equal bins; the last one has its upper end.
function histogram(shares) {
  const counts = new Array(numBins).fill(0);
  for (const share of shares) counts[Math.min(numBins - 1, Math.floor(share * numBins))]++;
  return counts.map((count, bin) => ({from: bin / numBins, to: (bin + 1) / numBins, count}));
}

// Sorted numbers → the value below which `share` of them lie, interpolated.
function quantile(sorted, share) {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}

function byLanguage() {
  const rows = new Map();
  for (const i of state.kept) {
    const key = segments.language[i];
    if (!rows.has(key)) rows.set(key, corpus.emotions.map(() => ({count: 0, seconds: 0})));
    const cell = rows.get(key)[segments.emotion[i]];
    cell.count++;
    cell.seconds += durationS(i);
  }
  return [...rows].sort((a, b) => a[0] - b[0]);
}

function chartConfig() {
  const text = cssColour('text');
  const quiet = cssColour('quiet');
  const line = cssColour('line');
  const font = 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif';
  const axis = {labelColor: quiet, titleColor: quiet, gridColor: line, domainColor: line, tickColor: line, labelFont: font,
    titleFont: font, labelFontSize: 12, titleFontSize: 12, titleFontWeight: 'normal', titlePadding: 8, labelLimit: 150};
  return {background: 'transparent', font, view: {stroke: null}, axis, bar: {color: cssColour('accent')},
    legend: {labelColor: text, titleColor: quiet, labelFontSize: 12, labelFont: font, orient: 'bottom', title: null,
      columns: isNarrow() ? 3 : 4, symbolType: 'square'}};
}

const colours = () => ({domain: corpus.emotions, range: corpus.emotions.map((name, emotion) => emotionColour(emotion))});
const emotionAxis = {field: 'emotion', type: 'nominal', sort: corpus.emotions, axis: {title: null, domain: false, ticks: false, grid: false}};

// Counts and times, whose ticks are whole numbers: 0, 500, 1k.
const wholeTicks = {tickCount: 4, tickMinStep: 1, format: '~s'};

function emotionSpec(field, title) {
  return (rows) => ({
    data: {values: rows}, width: 'container', height: {step: 27},
    encoding: {
      y: {...emotionAxis},
      x: {field, type: 'quantitative', axis: {title, ...wholeTicks, domain: false}},
      tooltip: [{field: 'emotion', title: 'Emotion'}, {field: 'count', title: 'Segments', format: ','}, {field: 'spelt', title: 'Time'}],
    },
    layer: [
      {mark: {type: 'bar', cornerRadiusEnd: 2}, encoding: {color: {field: 'emotion', type: 'nominal', scale: colours(), legend: null}}},
      {mark: {type: 'text', align: 'left', dx: 5, color: cssColour('quiet'), fontSize: 12},
        encoding: {text: field === 'count' ? {field: 'count', format: ','} : {field: 'spelt'}}},
    ],
  });
}

function languageSpec(rows) {
  return {
    data: {values: rows}, width: 'container', height: {step: 34}, mark: {type: 'bar'},
    encoding: {
      y: {field: 'language', type: 'nominal', axis: {title: null, domain: false, ticks: false, grid: false}},
      x: {field: 'time', type: 'quantitative', stack: 'zero', axis: {title: rows.unit, ...wholeTicks, domain: false}},
      color: {field: 'emotion', type: 'nominal', sort: corpus.emotions, scale: colours()},
      order: {field: 'order'},
      tooltip: [{field: 'language', title: 'Language'}, {field: 'emotion', title: 'Emotion'},
        {field: 'count', title: 'Segments', format: ','}, {field: 'spelt', title: 'Time'}],
    },
  };
}

function reasonSpec(rows) {
  return {
    data: {values: rows}, width: 'container', height: {step: 27},
    encoding: {
      y: {field: 'reason', type: 'nominal', sort: '-x', axis: {title: null, domain: false, ticks: false, grid: false}},
      x: {field: 'count', type: 'quantitative', axis: {title: 'rejections', ...wholeTicks, domain: false}},
      tooltip: [{field: 'reason', title: 'Reason'}, {field: 'count', title: 'Rejections', format: ','}],
    },
    layer: [{mark: {type: 'bar', cornerRadiusEnd: 2, color: cssColour('reject')}},
      {mark: {type: 'text', align: 'left', dx: 5, color: cssColour('quiet'), fontSize: 12}, encoding: {text: {field: 'count', format: ','}}}],
  };
}

function histogramSpec(title) {
  return (rows) => ({
    data: {values: rows}, width: 'container', height: 190, mark: {type: 'bar', binSpacing: 1},
    encoding: {
      x: {field: 'from', type: 'quantitative', bin: {binned: true, step: 1 / numBins}, scale: {domain: [0, 1]},
        axis: {title, format: '.0%', values: [0, 0.25, 0.5, 0.75, 1], grid: false}},
      x2: {field: 'to'},
      y: {field: 'count', type: 'quantitative', axis: {title: 'segments', ...wholeTicks, domain: false, ticks: false}},
      tooltip: [{field: 'from', title: 'From', format: '.0%'}, {field: 'to', title: 'To', format: '.0%'}, {field: 'count', title: 'Segments', format: ','}],
    },
  });
}

function spreadSpec(rows) {
  const x = (field) => ({field, type: 'quantitative', scale: {domain: [0, 1]}});
  return {
    data: {values: rows}, width: 'container', height: {step: 27},
    encoding: {
      y: {...emotionAxis}, color: {field: 'emotion', type: 'nominal', scale: colours(), legend: null},
      tooltip: [{field: 'emotion', title: 'Emotion'}, {field: 'median', title: 'Median', format: '.2f'},
        {field: 'q1', title: 'Lower quarter', format: '.2f'}, {field: 'q3', title: 'Upper quarter', format: '.2f'}],
    },
    layer: [
      {mark: {type: 'rule', strokeWidth: 2}, encoding: {x: {...x('low'), axis: {title: 'score of the label: median, quarters, 5–95 %', tickCount: 5, domain: false}}, x2: {field: 'high'}}},
      {mark: {type: 'bar', size: 15, opacity: 0.9}, encoding: {x: x('q1'), x2: {field: 'q3'}}},
      {mark: {type: 'tick', size: 19, thickness: 3}, encoding: {x: x('median'), color: {value: cssColour('text')}}},
    ],
  };
}

function emotionRows() {
  const totals = corpus.emotions.map((emotion) => ({emotion, count: 0, seconds: 0}));
  for (const i of state.kept) {
    totals[segments.emotion[i]].count++;
    totals[segments.emotion[i]].seconds += durationS(i);
  }
  return totals.map((row) => ({...row, time: row.seconds / timeUnit()[1], spelt: spell(row.seconds)}));
}

function languageRows() {
  const table = byLanguage();
  const [unit, per] = timeUnit();
  const rows = table.flatMap(([language, cells]) => cells.map((cell, order) => ({
    language: languageName(language), emotion: corpus.emotions[order], order, count: cell.count, time: cell.seconds / per,
    spelt: spell(cell.seconds)})));
  rows.unit = unit;
  return rows;
}

function reasonRows() {
  const counts = new Map();
  for (const i of state.rejected) {
    const reason = corpus.reasons[rejections.reason[i]];
    counts.set(reason, (counts.get(reason) || 0) + 1);
  }
  return [...counts].map(([reason, count]) => ({reason, count}));
}

function spreadRows() {
  const scores = corpus.emotions.map(() => []);
  for (const i of state.kept) {
    const emotion = segments.emotion[i];
    scores[emotion].push(segments.scores[i * numEmotions + emotion] / 1000);
  }
  return corpus.emotions.map((emotion, k) => ({emotion, sorted: scores[k].sort((a, b) => a - b)}))
      .filter((row) => row.sorted.length > 0)
      .map(({emotion, sorted}) => ({emotion, low: quantile(sorted, 0.05), q1: quantile(sorted, 0.25),
        median: quantile(sorted, 0.5), q3: quantile(sorted, 0.75), high: quantile(sorted, 0.95)}));
}

// What a chart of times counts in: the name of the unit, and its seconds.
function timeUnit() {
  const seconds = state.kept.reduce((sum, i) => sum + durationS(i), 0);
  return seconds >= 7200 ? ['hours', 3600] : seconds >= 120 ? ['minutes', 60] : ['seconds', 1];
}
const charts = () => [
  {id: 'emotions', title: 'Emotions', rows: emotionRows, spec: emotionSpec('count', 'segments')},
  {id: 'hours', title: 'Time by emotion', rows: emotionRows, spec: emotionSpec('time', timeUnit()[0])},
  {id: 'languages', title: 'Emotions by language', rows: languageRows, spec: languageSpec},
  {id: 'reasons', title: 'Rejections by reason', rows: reasonRows, spec: reasonSpec},
  {id: 'agreement', title: 'Agreement', rows: () => histogram(state.kept.map((i) => segments.agreement[i] / 1000)), spec: histogramSpec('frames that voted for the label')},
  {id: 'spread', title: 'Scores', rows: spreadRows, spec: spreadSpec},
];

function languageTable() {
  const table = byLanguage();
  const sum = (cells) => cells.reduce((a, b) => ({count: a.count + b.count, seconds: a.seconds + b.seconds}), {count: 0, seconds: 0});
  const cell = (one) => make('td', {}, one.count === 0 ? '–' : make('span', {}, one.count.toLocaleString('en'), make('small', {}, clock(one.seconds))));
  const all = corpus.emotions.map((name, k) => sum(table.map(([, cells]) => cells[k])));
  const row = (name, cells) => make('tr', {}, make('th', {scope: 'row'}, name), ...cells.map(cell), cell(sum(cells)));
  return make('div', {class: 'card card-wide'}, make('h2', {}, 'In figures'),
      make('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Segments and time by language and emotion'},
          make('table', {class: 'figures'},
              make('thead', {}, make('tr', {}, make('th', {scope: 'col'}, 'Language'),
                  ...corpus.emotions.map((name) => make('th', {scope: 'col'}, name)), make('th', {scope: 'col'}, 'all'))),
              make('tbody', {}, ...table.map(([language, cells]) => row(languageName(language), cells)), table.length > 1 ? row('all', all) : null))),
      make('p', {class: 'quiet'}, 'Segments, and below them their time as h:mm:ss.'));
}

function tiles() {
  const kept = state.kept;
  const seconds = kept.reduce((sum, i) => sum + durationS(i), 0);
  const of = (column) => new Set(kept.map((i) => column[i]).filter((value) => value >= 0)).size;
  const video = sources.reduce((sum, source) => sum + (source.state === 'done' ? source.duration_s : 0), 0);
  const tile = (value, what) => make('div', {class: 'tile'}, make('dd', {}, value), make('dt', {}, what));
  return make('dl', {class: 'tiles'},
      tile(kept.length.toLocaleString('en'), kept.length === 1 ? 'segment' : 'segments'), tile(spell(seconds), 'of labelled speech'),
      tile(of(segments.source).toLocaleString('en'), `of ${counted(sources.length, 'source', 'sources')}, ${spell(video)} of video`),
      tile(of(segments.speaker) > 0 ? of(segments.speaker).toLocaleString('en') : '–', of(segments.speaker) === 1 ? 'speaker' : 'speakers'),
      tile(state.rejected.length.toLocaleString('en'), state.rejected.length === 1 ? 'rejection' : 'rejections'));
}

let chartsDrawn = 0;

function drawOverview() {
  const round = ++chartsDrawn;
  const cards = charts().map((chart) => ({...chart, place: make('div', {class: 'chart', id: `chart-${chart.id}`})}));
  byId('main').replaceChildren(tiles(), make('div', {class: 'cards'}, ...cards.map((chart) =>
    make('figure', {class: 'card', 'aria-label': chart.title}, make('h2', {}, chart.title), chart.place)), languageTable()));
  // One chart a frame, so that the page answers meanwhile.
  const drawNext = () => {
    const chart = cards.shift();
    if (!chart || round !== chartsDrawn || state.view !== 'overview') return;
    const rows = chart.rows();
    if (rows.every((row) => row.count === 0)) {
      chart.place.append(make('p', {class: 'empty'}, 'Nothing passes the filters.'));
      return requestAnimationFrame(drawNext);
    }
    const spec = {autosize: {type: 'fit-x', contains: 'padding'}, config: chartConfig(), ...chart.spec(rows)};
    vegaEmbed(chart.place, spec, {mode: 'vega-lite', renderer: 'svg', actions: false, ast: true, logLevel: vega.Error, tooltip: {theme: 'custom'}})
        .then(() => requestAnimationFrame(drawNext));
  };
  requestAnimationFrame(drawNext);
}
