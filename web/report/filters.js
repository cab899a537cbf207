// SPDX-License-Identifier: Apache-2.0
// The filters above every view.

function option(value, text) {
  return make('option', {value}, text);
}

// A list to choose one of, headed by "any".
function choice(name, label, values) {
  const list = make('select', {id: `filter-${name}`, onchange: (event) => {
    state.filters[name] = event.target.value;
    changed('filters');
  }}, option('', 'any'), ...values.map((value) => option(value, value)));
  return make('label', {class: 'field'}, make('span', {}, label), list);
}

function agreementField(name, label) {
  return make('input', {type: 'number', id: `filter-${name}`, min: 0, max: 100, step: 5, inputmode: 'numeric', 'aria-label': label,
    onchange: (event) => {
      const value = Math.min(100, Math.max(0, Number(event.target.value) || 0));
      state.filters[name] = value;
      changed('filters');
    }});
}

function toggleEmotion(name) {
  const chosen = new Set(state.filters.emotion);
  if (!chosen.delete(name)) chosen.add(name);
  state.filters.emotion = corpus.emotions.filter((each) => chosen.has(each));
  changed('filters');
}

function drawFilters() {
  const used = (column, name) => [...new Set(column)].sort((a, b) => a - b).map(name);
  let pause = 0;
  const sourceField = make('input', {type: 'search', id: 'filter-source', placeholder: 'any', autocomplete: 'off', list: 'source-names',
    oninput: (event) => {
      clearTimeout(pause);
      pause = setTimeout(() => {
        state.filters.source = event.target.value;
        changed('filters');
      }, 150);
    }});
  const names = make('datalist', {id: 'source-names'}, ...sources.slice(0, 500).map((source, index) => option(sourceName(index), '')));
  const chips = make('div', {class: 'chips', role: 'group', 'aria-label': 'Emotion'}, ...corpus.emotions.map((name, emotion) =>
    make('button', {type: 'button', class: 'chip', 'data-emotion': name, 'data-filter': name, 'aria-pressed': 'false',
      onclick: () => toggleEmotion(name)}, make('span', {class: 'tag-short', 'aria-hidden': 'true'}, shortName(emotion)), name)));
  const fields = make('div', {class: 'fields'},
      choice('language', 'Language', used(segments.language, languageName)),
      make('label', {class: 'field field-wide'}, make('span', {}, 'Source'), sourceField), names,
      choice('speaker', 'Speaker', used(segments.speaker, speakerName)),
      make('div', {class: 'field', role: 'group', 'aria-label': 'Agreement'}, make('span', {}, 'Agreement, %'),
          make('span', {class: 'range'}, agreementField('low', 'Least agreement in per cent'), '–',
              agreementField('high', 'Greatest agreement in per cent'))),
      corpus.voice_checks.length > 0 ? choice('voice', 'Voice check', used(segments.voice_check, voiceCheckName)) : null,
      choice('reason', 'Rejected for', used(rejections.reason, (reason) => corpus.reasons[reason])),
      make('button', {type: 'button', class: 'text-button', id: 'filter-clear', onclick: () => {
        state.filters = noFilters();
        changed('filters');
        chips.firstChild.focus();  // this button cannot be pressed any more
      }}, 'Clear'));
  const body = make('details', {id: 'filter-details', open: !isNarrow()},
      make('summary', {}, make('span', {id: 'filter-title'}, 'Filters'), make('span', {class: 'quiet', id: 'filter-count'})), chips, fields);
  byId('filters').replaceChildren(body);
  byId('filters').hidden = false;
  showFilters();
  whenChanged.push((what) => { if (what === 'filters') showFilters(); });
}

// Brings the fields to what the state says.
function showFilters() {
  for (const name of ['language', 'source', 'speaker', 'voice', 'reason', 'low', 'high']) {
    const field = byId(`filter-${name}`);
    if (!field) continue;  // of voices, where no model was asked
    if (document.activeElement !== field || field.tagName === 'SELECT') field.value = state.filters[name];
  }
  for (const chip of document.querySelectorAll('[data-filter]')) {
    chip.setAttribute('aria-pressed', state.filters.emotion.includes(chip.dataset.filter));
  }
  const active = numFilters();
  byId('filter-title').textContent = active > 0 ? `Filters (${active})` : 'Filters';
  byId('filter-clear').disabled = active === 0;
  const seconds = state.kept.reduce((sum, index) => sum + durationS(index), 0);
  byId('filter-count').textContent = `${counted(state.kept.length, 'segment', 'segments')}, ${spell(seconds)}`;
}
