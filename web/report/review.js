// SPDX-License-Identifier: Apache-2.0
// The review: a person hears each segment of the sample and says its emotion; only then the label and the face show.

const noEmotion = {'cannot-tell': 'Cannot tell', 'not-one-speaker': 'Not one speaker', 'bad-cut': 'Bad cut'};
const answerNames = [...corpus.emotions, ...Object.keys(noEmotion)];
const answerKeys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'];
const review = {reviewer: '', at: 0, answers: new Map(), kept: true};  // answers: id → {answer, revised}

const storageKey = () => `sezim-review:${corpus.corpus.fingerprint}:${corpus.review.per_emotion}:${corpus.review.seed}:${review.reviewer}`;

function saveReview() {
  try {
    localStorage.setItem(storageKey(), JSON.stringify([...review.answers]));
    localStorage.setItem('sezim-reviewer', review.reviewer);
    review.kept = true;
  } catch {
    review.kept = false;  // a private window, or a full store
  }
}

// The answers of this reviewer that an earlier visit left; what does not fit this page is passed over.
function loadReview() {
  let kept = [];
  try {
    kept = JSON.parse(localStorage.getItem(storageKey()) || '[]');
  } catch {
    review.kept = false;
  }
  review.answers = new Map(kept.filter(([id, one]) => indexOfId.has(id) && answerNames.includes(one.answer)));
  review.at = Math.max(0, segments.id.findIndex((id) => !review.answers.has(id)));
}

function answerWith(name) {
  const id = segments.id[review.at];
  const before = review.answers.get(id);
  if (before && before.answer === name) return;
  // The first answer shows the label; what is said after that is known to be said with it in sight.
  review.answers.set(id, {answer: name, revised: Boolean(before)});
  saveReview();
  drawReview();
  byId('review-next').focus({preventScroll: true});
  say(`You said ${name}. The face says ${corpus.emotions[segments.emotion[review.at]]}.`);
}

function goTo(place, play = true) {
  review.at = Math.min(numSegments - 1, Math.max(0, place));
  state.selected = review.at;
  drawReview();
  if (play) playSelected();
}

function nextUnanswered() {
  for (let by = 1; by <= numSegments; ++by) {
    const place = (review.at + by) % numSegments;
    if (!review.answers.has(segments.id[place])) return goTo(place);
  }
  return drawReview();
}

function exportReview() {
  const answers = segments.id.flatMap((id, index) => review.answers.has(id)
    ? [{id, label: corpus.emotions[segments.emotion[index]], ...review.answers.get(id)}] : []);
  const file = {format: 'sezim-review', version: 1, corpus: {name: corpus.corpus.name, fingerprint: corpus.corpus.fingerprint},
    sample: corpus.review, sampled: numSegments, reviewer: review.reviewer, answers};
  const url = URL.createObjectURL(new Blob([JSON.stringify(file, null, 1), '\n'], {type: 'application/json'}));
  const safe = review.reviewer.normalize('NFC').replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 40) || 'reviewer';
  make('a', {href: url, download: `review-${safe}.json`}).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

function answerButton(name, place) {
  const chosen = review.answers.get(segments.id[review.at]);
  const isEmotion = place < numEmotions;
  return make('button', {type: 'button', class: 'answer', 'data-answer': name, 'data-emotion': isEmotion ? name : null,
    'aria-pressed': chosen?.answer === name, onclick: () => answerWith(name)},
  make('kbd', {'aria-hidden': 'true'}, answerKeys[place]), isEmotion ? make('span', {class: 'dot', 'aria-hidden': 'true'}) : null,
  isEmotion ? name : noEmotion[name]);
}

function verdict() {
  const given = review.answers.get(segments.id[review.at]);
  if (!given) return make('p', {class: 'quiet review-hint'}, 'The label and the face show once you have answered.');
  const label = corpus.emotions[segments.emotion[review.at]];
  const word = given.answer === label ? 'The label says the same:' : 'The label says:';
  return make('div', {class: 'verdict', id: 'verdict'}, faceImage(review.at, 96),
      make('div', {}, make('p', {}, word, ' ', emotionTag(segments.emotion[review.at])), scoreBars(review.at)));
}

function nameForm() {
  const field = make('input', {id: 'reviewer', required: true, maxlength: 60, autocomplete: 'name', value: readReviewer()});
  const form = make('form', {class: 'card review-start', onsubmit: (event) => {
    event.preventDefault();
    review.reviewer = field.value.trim();
    if (!review.reviewer) return field.focus();
    loadReview();
    goTo(review.at, false);
    byId('play').focus();
  }}, make('h2', {}, 'Which emotion do you hear?'),
  make('p', {}, `You will hear ${counted(numSegments, 'short piece', 'short pieces')} of speech. For each, say the emotion of the voice, however you feel about the words. There is no hurry, and you can stop and go on later in this browser.`),
  make('p', {}, 'At the end, export a file and send it to whoever gave you this page. Nothing is sent anywhere by itself.'),
  make('label', {class: 'field field-wide'}, make('span', {}, 'Your name'), field), make('button', {class: 'strong', type: 'submit', id: 'start'}, 'Begin'));
  byId('main').replaceChildren(form);
  field.focus();
}

function readReviewer() {
  try {
    return localStorage.getItem('sezim-reviewer') || '';
  } catch {
    return '';
  }
}

function drawReview() {
  const done = review.answers.size;
  const isDone = done === numSegments;
  const bar = make('div', {class: 'progress', role: 'progressbar', 'aria-label': 'Answered', 'aria-valuemin': 0, 'aria-valuemax': numSegments,
    'aria-valuenow': done}, make('span', {style: `width:${done / numSegments * 100}%`}));
  byId('main').replaceChildren(make('div', {class: 'review'},
      make('div', {class: 'review-head'}, make('p', {id: 'review-count'}, `${done} of ${numSegments} answered`), bar,
          make('button', {type: 'button', class: isDone ? 'strong' : 'text-button', id: 'export', disabled: done === 0, onclick: exportReview}, 'Export')),
      review.kept ? null : make('p', {class: 'warning', role: 'alert'}, 'This browser keeps nothing for this page: export before you close it.'),
      isDone ? make('p', {class: 'done'}, 'All answered, thank you. Export the file and send it back.') : null,
      make('div', {class: 'card review-card'},
          make('p', {class: 'quiet'}, `Piece ${review.at + 1} · ${durationS(review.at).toFixed(1)} s`),
          make('div', {class: 'player-controls review-player'},
              button('previous', 'Previous (k)', () => goTo(review.at - 1)),
              button('play', 'Play (space)', togglePlay, {id: 'play', class: 'round main-action large'}),
              button('next', 'Next (j)', () => goTo(review.at + 1)),
              make('input', {type: 'range', id: 'seek', min: 0, max: 1000, value: 0, 'aria-label': 'Place in the sound', oninput: seek}),
              make('output', {class: 'player-clock', id: 'player-clock'})),
          make('p', {class: 'player-message', id: 'player-message'}),
          make('div', {class: 'answers', role: 'group', 'aria-label': 'The emotion that you hear'}, ...corpus.emotions.map(answerButton)),
          make('div', {class: 'answers answers-none', role: 'group', 'aria-label': 'Or why you cannot say'},
              ...Object.keys(noEmotion).map((name, place) => answerButton(name, numEmotions + place))),
          verdict(),
          make('button', {type: 'button', class: 'strong', id: 'review-next', disabled: !review.answers.has(segments.id[review.at]) || isDone, onclick: nextUnanswered}, 'Next ', make('kbd', {'aria-hidden': 'true'}, 'Enter')))));
  drawProgress();
}

function reviewKey(event) {
  if (!byId('review-next')) return false;
  const place = answerKeys.indexOf(event.key);
  if (place >= 0) answerWith(answerNames[place]);
  else if (event.key === ' ') togglePlay();
  else if (event.key === 'j' || event.key === 'ArrowRight') goTo(review.at + 1);
  else if (event.key === 'k' || event.key === 'ArrowLeft') goTo(review.at - 1);
  else if (event.key === 'Enter' && !byId('review-next').disabled) nextUnanswered();
  else return false;
  return true;
}
