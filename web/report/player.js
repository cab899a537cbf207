// SPDX-License-Identifier: Apache-2.0
// The one player, at the bottom of the window: the segment in hand with its face, its scores and its sound.

const audio = new Audio();
audio.preload = 'none';
let loaded = -1;

function loadSound(index) {
  if (loaded === index) return;
  audio.src = soundUrl(index);
  loaded = index;
}

function playSelected() {
  if (state.selected < 0) return;
  loadSound(state.selected);
  audio.currentTime = 0;
  audio.play().catch((error) => {
    if (error.name !== 'AbortError') playerFailed();
  });
}

function togglePlay() {
  if (state.selected < 0) return step(1);
  if (loaded !== state.selected || audio.ended || audio.paused) {
    if (loaded === state.selected && audio.currentTime > 0 && !audio.ended) audio.play();
    else playSelected();
  } else {
    audio.pause();
  }
}

function playerFailed() {
  const message = corpus.has_sounds ? 'The browser cannot play this sound.'
    : 'The sound is not there: keep this page in its corpus folder, or make it with --embed.';
  const place = byId('player-message');
  if (place) place.textContent = message;
  say(message);
}

const button = (name, label, action, more = {}) =>
  make('button', {type: 'button', class: 'round', 'aria-label': label, title: label, onclick: action, ...more}, icon(name));

function drawPlayer() {
  const index = state.selected;
  const player = byId('player');
  player.hidden = index < 0;
  document.body.classList.toggle('with-player', index >= 0);
  if (index < 0) return;
  const source = segments.source[index];
  const when = `${clock(segments.start_ms[index] / 1000, true)} – ${clock(segments.end_ms[index] / 1000, true)}`;
  const facts = [`${percent(segments.agreement[index] / 1000)} agreement`, voiceText(index),
    segments.language[index] >= 0 ? languageName(segments.language[index]) : null,
    segments.speaker[index] >= 0 ? `speaker ${speakerName(segments.speaker[index])}` : null,
    segments.snr_db[index] !== null ? `${segments.snr_db[index]} dB` : null].filter(Boolean);
  player.replaceChildren(
      make('div', {class: 'player-now'}, faceImage(index, 72),
          make('div', {class: 'player-text'},
              make('p', {class: 'player-title'}, emotionTag(segments.emotion[index]), make('time', {}, when)),
              make('p', {class: 'player-source', title: sourceName(source)}, sourceName(source)),
              make('p', {class: 'quiet player-facts', title: facts.join(' · ')}, facts.join(' · ')),
              make('p', {class: 'player-message', id: 'player-message'}))),
      make('div', {class: 'player-controls'},
          button('previous', 'Previous segment (k)', () => step(-1)),
          button('play', 'Play (space)', togglePlay, {id: 'play', class: 'round main-action'}),
          button('next', 'Next segment (j)', () => step(1)),
          make('input', {type: 'range', id: 'seek', min: 0, max: 1000, value: 0, 'aria-label': 'Place in the sound',
            oninput: seek}),
          make('output', {class: 'player-clock', id: 'player-clock'}, `0.0 / ${durationS(index).toFixed(1)} s`)),
      scoreBars(index),
      make('div', {class: 'player-more'},
          button('timeline', 'Show in its timeline (t)', showInTimeline),
          button('close', 'Close the player (Escape)', () => { audio.pause(); select(-1); })));
  if (loaded !== index) audio.pause();
  drawProgress();
}

function seek() {
  loadSound(state.selected);
  const length = audio.duration || durationS(state.selected);
  audio.currentTime = Number(byId('seek').value) / 1000 * length;
  drawProgress();
}

function drawProgress() {
  const play = byId('play');
  if (!play || state.selected < 0) return;
  const isPlaying = !audio.paused && !audio.ended && loaded === state.selected;
  const length = loaded === state.selected && audio.duration || durationS(state.selected);
  const at = loaded === state.selected ? audio.currentTime : 0;
  if ((play.dataset.playing === 'yes') !== isPlaying) {
    play.dataset.playing = isPlaying ? 'yes' : 'no';
    play.replaceChildren(icon(isPlaying ? 'pause' : 'play'));
    play.setAttribute('aria-label', isPlaying ? 'Pause (space)' : 'Play (space)');
  }
  byId('seek').value = Math.round(at / length * 1000);
  byId('seek').setAttribute('aria-valuetext', `${at.toFixed(1)} of ${length.toFixed(1)} seconds`);
  byId('player-clock').textContent = `${at.toFixed(1)} / ${length.toFixed(1)} s`;
}

function startPlayer() {
  for (const event of ['play', 'pause', 'ended', 'seeked']) audio.addEventListener(event, drawProgress);
  audio.addEventListener('error', () => { if (audio.getAttribute('src')) playerFailed(); });
  audio.addEventListener('play', () => requestAnimationFrame(function tick() {
    drawProgress();
    if (!audio.paused && !audio.ended) requestAnimationFrame(tick);
  }));
  whenChanged.push((what) => { if (what === 'selected') drawPlayer(); });
}
