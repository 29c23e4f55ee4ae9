// What the server's check said, as a list that leads to the element, and as marks on the drawing.
import { choose } from './elements.js';
import { made } from './panel.js';
import { say } from './words.js';

const MARKS = 'temuan';

export class Findings {
  constructor(box, modeler) { Object.assign(this, { box, modeler }); }

  // Rows of {code, severity, word, place, element_id, message, instead}, the worst first.
  show(rows) {
    this.stale = made('p', { class: 'hint', hidden: true }, say('stale_findings'));
    this.box.replaceChildren(made('p', { class: 'count-line' }, rows.length ? say('found', rows.length) : say('no_findings')), this.stale,
      ...(rows.length ? [made('ol', {}, ...rows.map((row) => this.row(row)))] : []));
    const overlays = this.modeler.get('overlays'), registry = this.modeler.get('elementRegistry'), marked = new Map();
    overlays.remove({ type: MARKS });
    for (const row of rows) if (row.element_id && registry.get(row.element_id) && !marked.has(row.element_id)) marked.set(row.element_id, row);
    for (const [id, row] of marked) {
      const element = registry.get(id), html = made('span', { class: `mark severity-${row.severity}`, title: `${row.code}: ${row.message}` }, '!');
      overlays.add(id, MARKS, { position: element.waypoints ? { top: 0, left: 0 } : { top: -11, right: 11 }, html });
    }
  }

  changed() { if (this.stale) this.stale.hidden = false; }

  row(row) {
    const there = row.element_id && this.modeler.get('elementRegistry').get(row.element_id);
    return made('li', { class: `severity-${row.severity}` }, made('p', { class: 'what' }, `${row.word}: ${row.message}`), made('p', {}, row.instead),
      made('p', { class: 'where' }, made('code', {}, row.code), row.place ? ` · ${row.place}` : '', there ? ' · ' : '',
        there ? made('button', { type: 'button', class: 'link', click: () => choose(this.modeler, row.element_id) }, there.businessObject.name || row.element_id) : ''));
  }
}
