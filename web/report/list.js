// SPDX-License-Identifier: Apache-2.0
// Long lists: only the rows near the window are elements, whatever their number. And the two lists of the page.

class VirtualList {
  // `draw(index)` makes the element of a row; all rows are `rowHeight` pixels high.
  constructor({count, rowHeight, draw, attributes = {}}) {
    this.count = count;
    this.rowHeight = rowHeight;
    this.draw = draw;
    this.rows = new Map();
    this.element = make('div', {class: 'virtual', style: `height:${count * rowHeight}px`, ...attributes});
    this.onScroll = () => {
      if (!this.asked) this.asked = requestAnimationFrame(() => { this.asked = 0; this.show(); });
    };
    window.addEventListener('scroll', this.onScroll, {passive: true});
    window.addEventListener('resize', this.onScroll);
  }

  top() {
    return this.element.getBoundingClientRect().top + window.scrollY;
  }

  show() {
    if (!this.element.isConnected) return;
    const above = window.scrollY - this.top();
    const first = Math.max(0, Math.floor(above / this.rowHeight) - 4);
    const last = Math.min(this.count, Math.ceil((above + window.innerHeight) / this.rowHeight) + 4);
    for (const [index, row] of this.rows) {
      if ((index < first || index >= last) && !row.contains(document.activeElement)) {
        row.remove();
        this.rows.delete(index);
      }
    }
    for (let index = first; index < last; ++index) {
      if (this.rows.has(index)) continue;
      const row = this.draw(index);
      row.style.transform = `translateY(${index * this.rowHeight}px)`;
      row.style.height = `${this.rowHeight}px`;
      this.rows.set(index, row);
      this.element.append(row);
      if (row.whenShown) row.whenShown();
    }
  }

  // Draws a row anew, if it is on the page.
  redraw(index) {
    const old = this.rows.get(index);
    if (!old) return;
    const row = this.draw(index);
    row.style.transform = old.style.transform;
    row.style.height = old.style.height;
    old.replaceWith(row);
    this.rows.set(index, row);
    if (row.whenShown) row.whenShown();
  }

  // Scrolls as little as brings the row between the header's and the player's edges.
  reveal(index) {
    if (index < 0) return;
    const top = this.top() + index * this.rowHeight;
    const covered = byId('player').hidden ? 0 : window.innerHeight - byId('player').getBoundingClientRect().top;
    const low = window.scrollY + 8;
    const high = window.scrollY + window.innerHeight - covered - 8;
    if (top < low) window.scrollTo({top: top - 8, behavior: 'instant'});
    else if (top + this.rowHeight > high) window.scrollTo({top: top + this.rowHeight - window.innerHeight + covered + 8, behavior: 'instant'});
    this.show();
  }

  end() {
    window.removeEventListener('scroll', this.onScroll);
    window.removeEventListener('resize', this.onScroll);
  }
}

function segmentRow(place) {
  const index = state.kept[place];
  const isSelected = index === state.selected;
  const emotion = segments.emotion[index];
  const score = segments.scores[index * numEmotions + emotion] / 1000;
  const details = [segments.language[index] >= 0 ? languageName(segments.language[index]) : null,
    segments.speaker[index] >= 0 ? speakerName(segments.speaker[index]) : null].filter(Boolean).join(' · ');
  return make('div', {class: 'row', role: 'option', id: `row-${index}`, 'data-segment': segments.id[index], 'aria-selected': isSelected,
    'aria-setsize': state.kept.length, 'aria-posinset': place + 1, onclick: () => select(index, true)},
  faceImage(index, 44), make('div', {class: 'row-emotion'}, emotionTag(emotion)),
  make('div', {class: 'row-text'}, make('p', {class: 'row-source'}, sourceName(segments.source[index])),
      make('p', {class: 'quiet'}, `${clock(segments.start_ms[index] / 1000, true)} · ${durationS(index).toFixed(1)} s${details ? ` · ${details}` : ''}`)),
  make('div', {class: 'row-figure'}, make('b', {}, percent(segments.agreement[index] / 1000)), make('small', {}, 'agreement')),
  make('div', {class: 'row-figure row-score'}, make('b', {}, score.toFixed(2)), make('small', {}, 'score')));
}

let list = null;

function drawSegments() {
  if (list) list.end();
  if (state.kept.length === 0) return byId('main').replaceChildren(make('p', {class: 'empty'}, 'No segment passes the filters.'));
  list = new VirtualList({count: state.kept.length, rowHeight: 64, draw: segmentRow,
    attributes: {role: 'listbox', tabindex: 0, 'aria-label': 'Segments', id: 'segments'}});
  byId('main').replaceChildren(list.element);
  list.show();
  revealSelected();
}

function revealSelected() {
  if (state.view !== 'segments' || !list || !byId('segments')) return;
  for (const row of document.querySelectorAll('[role=option][aria-selected=true]')) row.setAttribute('aria-selected', 'false');
  list.reveal(state.kept.indexOf(state.selected));
  const row = byId(`row-${state.selected}`);
  if (!row) return byId('segments').removeAttribute('aria-activedescendant');
  row.setAttribute('aria-selected', 'true');
  byId('segments').setAttribute('aria-activedescendant', row.id);
}

function rejectionRow(place) {
  const index = state.rejected[place];
  const start = rejections.start_ms[index];
  const when = start === null ? 'the whole source' : `${clock(start / 1000, true)} – ${clock(rejections.end_ms[index] / 1000, true)}`;
  return make('div', {class: 'row row-rejected', role: 'listitem', 'aria-setsize': state.rejected.length, 'aria-posinset': place + 1},
      make('div', {class: 'row-reason'}, corpus.reasons[rejections.reason[index]]),
      make('div', {class: 'row-text'}, make('p', {class: 'row-source'}, sourceName(rejections.source[index])),
          make('p', {class: 'quiet', title: rejections.detail[index]}, [when, rejections.detail[index]].filter(Boolean).join(' · '))));
}

function drawRejected() {
  if (list) list.end();
  if (state.rejected.length === 0) return byId('main').replaceChildren(make('p', {class: 'empty'}, 'Nothing was rejected that passes the filters.'));
  list = new VirtualList({count: state.rejected.length, rowHeight: isNarrow() ? 136 : 64, draw: rejectionRow,  // on a phone the whole detail is in sight
    attributes: {role: 'list', 'aria-label': 'Rejected'}});
  byId('main').replaceChildren(list.element);
  list.show();
}
