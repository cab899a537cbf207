// SPDX-License-Identifier: Apache-2.0
// Puts the page together: theme, views, keys.

const drawView = {overview: drawOverview, timeline: drawTimeline, segments: drawSegments, rejected: drawRejected};
const themeQuery = window.matchMedia('(prefers-color-scheme: dark)');

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  redraw();
}

function redraw() {
  if (corpus.review) return;
  if (list && state.view === 'overview') list.end();
  drawView[state.view]();
}

function drawTabs() {
  const hadFocus = byId('tabs').contains(document.activeElement);
  byId('tabs').replaceChildren(...Object.entries(views).map(([view, title]) =>
    make('button', {type: 'button', id: `tab-${view}`, 'aria-current': state.view === view ? 'page' : null, onclick: () => {
      window.scrollTo(0, 0);
      showView(view);
    }}, title)));
  byId('tabs').hidden = false;
  if (hadFocus) byId(`tab-${state.view}`).focus();
}

function drawHelp() {
  const keys = corpus.review
    ? [['Space', 'play, pause'], ['1 – 7', 'the emotion, in the order shown'], ['8, 9, 0', 'cannot tell, not one speaker, bad cut'],
      ['Enter', 'the next one without an answer'], ['j, k or →, ←', 'next, previous'], ['?', 'this help']]
    : [['Space', 'play, pause'], ['j, k', 'next, previous segment'], ['t', 'the segment in its timeline'], ['o, l, s, r', 'overview, timeline, segments, rejected'],
      ['Escape', 'close the player'], ['?', 'this help'], ['In a timeline', '←, → move, Enter plays, + and − zoom, 0 shows all, Shift with ←, → pans; drag, pinch, Ctrl with the wheel']];
  const dialog = byId('help');
  const notices = byId('notices').content.cloneNode(true);
  dialog.replaceChildren(make('div', {class: 'dialog-head'}, make('h2', {id: 'help-title'}, 'Keys'), button('close', 'Close', () => dialog.close())),
      make('dl', {class: 'keys'}, ...keys.flatMap(([key, what]) => [make('dt', {}, make('kbd', {}, key)), make('dd', {}, what)])),
      make('h2', {}, 'This page'),
      make('p', {}, `Made by sezim of the corpus “${corpus.corpus.name}”${corpus.corpus.recipe ? ` (recipe ${corpus.corpus.recipe})` : ''}. Everything is in this file${corpus.has_sounds ? '' : ' but the sounds, which lie beside it'}; nothing is fetched from any network. Faces and voices are personal data: give it only to whom they may be shown.`),
      make('details', {}, make('summary', {}, 'Licences of the chart libraries'), notices));
}

function isTyping(target) {
  return target.matches('input:not([type=range]), select, textarea') || Boolean(target.closest('dialog'));
}

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const isOnButton = event.target.matches('button, summary, a') && (event.key === ' ' || event.key === 'Enter');
  const isOnRange = event.target.matches('input[type=range]') && event.key.startsWith('Arrow');
  if (isOnButton || isOnRange) return;
  if (event.key === '?') {
    byId('help').showModal();
  } else if (corpus.review) {
    if (!reviewKey(event)) return;
  } else {
    const inList = event.target.id === 'segments';
    const actions = {
      ' ': togglePlay, j: () => step(1), k: () => step(-1), t: showInTimeline, Escape: () => { audio.pause(); select(-1); },
      o: () => showView('overview'), l: () => showView('timeline'), s: () => showView('segments'), r: () => showView('rejected'),
      ...(inList ? {ArrowDown: () => step(1), ArrowUp: () => step(-1), Enter: playSelected, Home: () => select(state.kept[0]),
        End: () => select(state.kept[state.kept.length - 1])} : {}),
    };
    if (!Object.hasOwn(actions, event.key)) return;
    actions[event.key]();
  }
  event.preventDefault();
}

function start() {
  byId('name').textContent = corpus.corpus.name;
  document.documentElement.dataset.theme = themeQuery.matches ? 'dark' : 'light';
  themeQuery.addEventListener('change', (event) => setTheme(event.matches ? 'dark' : 'light'));
  byId('theme').addEventListener('click', () => setTheme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark'));
  byId('skip').addEventListener('click', (event) => { event.preventDefault(); byId('main').focus(); });
  byId('help-button').addEventListener('click', () => byId('help').showModal());
  document.addEventListener('keydown', onKey);
  drawHelp();
  startPlayer();
  if (corpus.review) {
    document.body.classList.add('reviewing');
    byId('name').textContent = `Review of ${corpus.corpus.name}`;
    return nameForm();
  }
  readFragment();
  applyFilters();
  drawFilters();
  drawTabs();
  redraw();
  if (state.selected >= 0) drawPlayer();
  revealSelected();
  whenChanged.push((what) => {
    if (what === 'view') drawTabs();
    if (what !== 'selected') return redraw();
    revealSelected();
    drawTimelines();
  });
  narrowQuery.addEventListener('change', redraw);
  let width = window.innerWidth;
  window.addEventListener('resize', () => {
    if (window.innerWidth === width) return;
    width = window.innerWidth;
    drawTimelines();
  });
  window.addEventListener('hashchange', () => {
    readFragment();
    applyFilters();
    showFilters();
    drawTabs();
    redraw();
    drawPlayer();
  });
}

start();
