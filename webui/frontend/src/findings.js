// What the server's check said, as a list that leads to the element, and as marks on the drawing.
import { choose } from './elements.js';
import { made } from './panel.js';
import { say } from './words.js';

const MARKS = 'temuan';

const alike = (rows) => {
  const groups = new Map();
  for (const row of rows) groups.set(`${row.code} ${row.message}`, [...(groups.get(`${row.code} ${row.message}`) || []), row]);
  return [...groups.values()];
};

export class Findings {
  constructor(box, modeler) { Object.assign(this, { box, modeler }); }

  // Rows of {code, severity, word, place, element_id, message, instead}, the worst first.
  show(rows) {
    this.stale = made('p', { class: 'hint', hidden: true }, say('stale_findings'));
    this.box.replaceChildren(made('p', { class: 'count-line' }, rows.length ? say('found', rows.length) : say('no_findings')), this.stale,
      ...(rows.length ? [made('ol', {}, ...alike(rows).map((group) => this.entry(group)))] : []));
    const overlays = this.modeler.get('overlays'), registry = this.modeler.get('elementRegistry'), marked = new Map();
    overlays.remove({ type: MARKS });
    for (const row of rows) if (row.element_id && registry.get(row.element_id) && !marked.has(row.element_id)) marked.set(row.element_id, row);
    for (const [id, row] of marked) {
      const element = registry.get(id), html = made('span', { class: `mark severity-${row.severity}`, title: `${row.code}: ${row.message}` }, '!');
      overlays.add(id, MARKS, { position: element.waypoints ? { top: 0, left: 0 } : { top: -11, right: 11 }, html });
    }
  }

  changed() { if (this.stale) this.stale.hidden = false; }

  // One finding, wherever it was made.
  entry([first, ...others]) {
    return made('li', { class: `severity-${first.severity}` }, made('p', { class: 'what' }, `${first.word}: ${first.message}`), made('p', {}, first.instead),
      ...[first, ...others].map((row) => this.place(row)));
  }

  place(row) {
    const there = row.element_id && this.modeler.get('elementRegistry').get(row.element_id);
    return made('p', { class: 'where' }, made('code', {}, row.code), row.place ? ` · ${row.place}` : '', row.element_id ? ' · ' : '', there
      ? made('button', { type: 'button', class: 'link', click: () => choose(this.modeler, row.element_id) }, there.businessObject.name || row.element_id) : made('code', {}, row.element_id));
  }
}
