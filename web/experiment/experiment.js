// SPDX-License-Identifier: Apache-2.0
// The charts of an experiment's page, and the choice of the system that is looked at. Tables are there without it.

const experiment = JSON.parse(document.getElementById('data').textContent);
const byId = (id) => document.getElementById(id);
const cssColour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const isNarrow = () => window.matchMedia('(max-width: 719px)').matches;
const darkQuery = window.matchMedia('(prefers-color-scheme: dark)');
let chosen = experiment.systems.findIndex((system) => system.is_best);

function chartConfig() {
  const [text, quiet, line] = ['text', 'quiet', 'line'].map(cssColour);
  const font = getComputedStyle(document.body).fontFamily;
  const axis = {labelColor: text, titleColor: quiet, gridColor: line, domainColor: line, tickColor: line, labelFontSize: 12,
    titleFontSize: 12, titleFontWeight: 'normal', labelFont: font, titleFont: font, labelPadding: 6, titlePadding: 8,
    labelLimit: isNarrow() ? 130 : 300};
  return {background: 'transparent', font, view: {stroke: null}, axis};
}

async function draw(place, spec) {
  const whole = {autosize: {type: 'fit-x', contains: 'padding'}, width: 'container', config: chartConfig(), ...spec};
  await vegaEmbed(place, whole, {mode: 'vega-lite', renderer: 'svg', actions: false, ast: true, logLevel: vega.Error,
    tooltip: {theme: 'custom'}});
}

const percent = (field, title, more = {}) => ({field, type: 'quantitative', scale: {domain: [0, 1]},
  axis: {title, format: '.0%', tickCount: 5, domain: false, ...more}});

// A line for each system: its folds as dots, their mean as a tick, the interval of all folds together as a bar.
function foldSpec(systems) {
  const rows = systems.map(({name, mean, low, high}) => ({system: name, mean, low, high}));
  const folds = systems.flatMap((one) => one.folds.map((fold) => ({...fold, system: one.name})));
  const lowest = Math.min(...folds.map((fold) => fold.uar), ...rows.map((row) => row.low ?? 1));
  const from = Math.max(0, Math.floor(lowest * 10 - 0.5) / 10);
  const x = (field) => ({...percent(field, 'unweighted average recall'), scale: {domain: [from, 1]}});
  const name = {field: 'system', title: 'System'};
  return {
    height: {step: 30},
    encoding: {y: {field: 'system', type: 'nominal', sort: rows.map((row) => row.system), axis: {title: null, domain: false, ticks: false}}},
    layer: [
      {data: {values: rows.filter((row) => row.low !== null)}, mark: {type: 'rule', strokeWidth: 7, opacity: 0.35, color: cssColour('accent')},
        encoding: {x: x('low'), x2: {field: 'high'}, tooltip: [name, {field: 'low', title: '95 % from', format: '.1%'}, {field: 'high', title: 'to', format: '.1%'}]}},
      {data: {values: folds}, mark: {type: 'point', filled: true, size: 44, opacity: 0.75, color: cssColour('text')},
        encoding: {x: x('uar'), tooltip: [name, {field: 'fold', title: 'Fold'}, {field: 'uar', title: 'UAR', format: '.1%'}]}},
      {data: {values: rows}, mark: {type: 'tick', thickness: 3, size: 22, color: cssColour('accent')},
        encoding: {x: x('mean'), tooltip: [name, {field: 'mean', title: 'Mean', format: '.1%'}]}},
    ],
  };
}

function reliabilitySpec(system) {
  return {
    height: 260,
    layer: [
      {data: {values: [{confidence: 0, accuracy: 0}, {confidence: 1, accuracy: 1}]}, mark: {type: 'line', strokeDash: [4, 4], color: cssColour('quiet'), strokeWidth: 1},
        encoding: {x: percent('confidence', 'confidence'), y: percent('accuracy', 'share that is right')}},
      {data: {values: system.reliability}, mark: {type: 'line', color: cssColour('accent'), strokeWidth: 2},
        encoding: {x: percent('confidence', 'confidence'), y: percent('accuracy', 'share that is right')}},
      {data: {values: system.reliability}, mark: {type: 'point', filled: true, color: cssColour('accent'), opacity: 1},
        encoding: {x: percent('confidence', 'confidence'), y: percent('accuracy', 'share that is right'),
          size: {field: 'num_clips', type: 'quantitative', legend: null, scale: {range: [20, 240]}},
          tooltip: [{field: 'confidence', title: 'Confidence', format: '.1%'}, {field: 'accuracy', title: 'Right', format: '.1%'}, {field: 'num_clips', title: 'Utterances', format: ','}]}},
    ],
  };
}

function riskSpec(system) {
  const others = experiment.systems.filter((other) => other !== system && other.dataset === system.dataset);
  const points = (one) => one.curve.map((point) => ({...point, system: one.name}));
  const y = {field: 'risk', type: 'quantitative', axis: {title: 'wrong answers', format: '.0%', tickCount: 5, domain: false}};
  const x = percent('coverage', 'answered, the surest first', {grid: false});
  return {
    height: 260,
    layer: [
      {data: {values: others.flatMap(points)}, mark: {type: 'line', color: cssColour('quiet'), opacity: 0.4, strokeWidth: 1.5},
        encoding: {x, y, detail: {field: 'system', type: 'nominal'}}},
      {data: {values: points(system)}, mark: {type: 'line', color: cssColour('accent'), strokeWidth: 2.5},
        encoding: {x, y}},
      {data: {values: points(system)}, mark: {type: 'point', opacity: 0, size: 90},
        encoding: {x, y, tooltip: [{field: 'coverage', title: 'Answered', format: '.1%'}, {field: 'risk', title: 'Wrong', format: '.1%'}, {field: 'threshold', title: 'Confidence from', format: '.3f'}]}},
    ],
  };
}

function drawFolds() {
  const place = byId('fold-charts');
  place.replaceChildren();
  experiment.datasets.forEach((dataset, index) => {
    const systems = experiment.systems.filter((system) => system.dataset === index);
    if (systems.length === 0) return;
    const figure = document.createElement('figure');
    figure.className = 'card card-wide';
    const title = document.createElement('h2');
    title.textContent = experiment.datasets.length > 1 ? `Folds: ${dataset}` : 'Folds';
    const chart = document.createElement('div');
    chart.className = 'chart';
    chart.id = `folds-${index}`;
    const note = document.createElement('figcaption');
    note.className = 'quiet';
    note.textContent = 'Dots: folds. Tick: their mean. Bar: 95 % interval of all folds together.';
    figure.append(title, chart, note);
    place.append(figure);
    draw(chart, foldSpec(systems));
  });
}

function showSystem(index) {
  chosen = index;
  byId('system').value = String(index);
  document.querySelectorAll('.system').forEach((section) => { section.hidden = section.id !== `system-${index}`; });
  const system = experiment.systems[index];
  if (system.reliability.length === 0) return;
  const section = byId(`system-${index}`);
  draw(section.querySelector('.reliability'), reliabilitySpec(system));
  draw(section.querySelector('.risk'), riskSpec(system));
}

// "#system-3" in the address: which system is looked at.
function followAddress() {
  const wanted = /^#system-(\d+)$/.exec(location.hash);
  if (wanted && Number(wanted[1]) < experiment.systems.length) {
    showSystem(Number(wanted[1]));
    byId(`system-${wanted[1]}`).scrollIntoView();
  }
}

function drawAll() {
  document.documentElement.dataset.theme = darkQuery.matches ? 'dark' : 'light';
  drawFolds();
  showSystem(chosen);
}

byId('choose-system').hidden = false;
byId('system').addEventListener('change', (event) => {
  showSystem(Number(event.target.value));
  history.replaceState(null, '', `#system-${event.target.value}`);
});
darkQuery.addEventListener('change', drawAll);
window.addEventListener('hashchange', followAddress);
drawAll();
followAddress();
