// SPDX-License-Identifier: Apache-2.0
// Making elements. Texts of the corpus become text nodes and attributes, never HTML.

const byId = (id) => document.getElementById(id);

// make('button', {class: 'plain', onclick: f, 'aria-label': 'x'}, child, 'text', …)
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    const isSpelt = name.startsWith('aria-');  // ARIA has words for true and false, HTML has attributes that are there or not
    if (value === null || value === undefined || (value === false && !isSpelt)) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'style') element.style.cssText = value;
    else element.setAttribute(name, value === true && !isSpelt ? '' : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const iconPaths = {
  play: 'M8 5v14l11-7z',
  pause: 'M7 5h4v14H7zM13 5h4v14h-4z',
  next: 'M6 5v14l9-7zM16 5h3v14h-3z',
  previous: 'M18 5v14l-9-7zM5 5h3v14H5z',
  plus: 'M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z',
  minus: 'M5 11h14v2H5z',
  fit: 'M4 11h4V8l4 4-4 4v-3H4zM20 13h-4v3l-4-4 4-4v3h4z',
  close: 'M6.4 5 12 10.6 17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4-5.6-5.6L6.4 19 5 17.6 10.6 12 5 6.4z',
  timeline: 'M3 5h10v3H3zM9 10.5h12v3H9zM5 16h9v3H5z',
};

function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', iconPaths[name]);
  path.setAttribute('fill', 'currentColor');
  svg.append(path);
  return svg;
}

// An emotion with its colour and name.
const emotionTag = (emotion) => make('span', {class: 'tag', 'data-emotion': corpus.emotions[emotion]},
    make('span', {class: 'tag-short', 'aria-hidden': 'true'}, shortName(emotion)), corpus.emotions[emotion]);

// The picture of a segment's face, or an empty place of the same size.
function faceImage(index, size) {
  const url = faceUrl(index);
  if (!url) return make('span', {class: 'face face-none', style: `width:${size}px;height:${size}px`, 'aria-hidden': 'true'});
  return make('img', {class: 'face', src: url, width: size, height: size, alt: `Face labelled ${corpus.emotions[segments.emotion[index]]}`});
}

// Seven bars, one for each emotion's score.
function scoreBars(index) {
  const scores = scoresOf(index);
  return make('ul', {class: 'scores', 'aria-label': 'Scores'}, ...scores.map((score, emotion) => make('li', {},
      make('span', {class: 'scores-name'}, corpus.emotions[emotion]),
      make('span', {class: 'scores-track'}, make('span', {class: 'scores-bar', 'data-emotion': corpus.emotions[emotion], style: `width:${score * 100}%`})),
      make('span', {class: 'scores-value'}, score.toFixed(2)))));
}

// A line of text beside a point of the window, for pointer and keyboard.
function showTip(text, x, y) {
  const tip = byId('tip');
  tip.textContent = text;
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  const left = Math.min(Math.max(8, x - box.width / 2), document.documentElement.clientWidth - box.width - 8);
  tip.style.left = `${Math.max(8, left)}px`;
  tip.style.top = `${y - box.height - 10 < 8 ? y + 18 : y - box.height - 10}px`;
}
const hideTip = () => { byId('tip').hidden = true; };
window.addEventListener('scroll', hideTip, {passive: true});  // what it stands beside has moved
const say = (text) => { byId('spoken').textContent = text; };

const narrowQuery = window.matchMedia('(max-width: 719px)');
const isNarrow = () => narrowQuery.matches;
const cssColour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const emotionColour = (emotion) => cssColour(`emotion-${corpus.emotions[emotion]}`);
