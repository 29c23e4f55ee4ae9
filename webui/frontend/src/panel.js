// The properties of the chosen element as a plain form: labelled controls, in the order of the classic table.
import { kind, say } from './words.js';
import { fieldsOf } from './fields.js';

export const made = (tag, attributes = {}, ...inside) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') node.addEventListener(name, value);
    else if (value !== undefined && value !== false) node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...inside.filter((one) => one !== undefined && one !== ''));
  return node;
};

const choices = (options, current) => {
  const all = current && !options.some(([value]) => value === current) ? [...options, [current, say('unknown', current)]] : options;
  return [made('option', { value: '' }, say('none')), ...all.map(([value, label]) => made('option', { value }, label && label !== value ? `${label} (${value})` : value))];
};

export class Panel {
  // `box` is filled; `check(text)` promises what is wrong with a FEEL text, '' for nothing.
  constructor(box, modeler, board, keys, check) {
    Object.assign(this, { box, modeler, board, keys, check });
    for (const event of ['selection.changed', 'commandStack.changed', 'import.done']) modeler.on(event, () => this.show());
  }

  show() {
    const chosen = this.modeler.get('selection').get();
    const element = chosen.length === 1 ? (chosen[0].labelTarget || chosen[0]) : null;
    if (!element) { this.signature = null; this.box.replaceChildren(...this.empty(chosen.length)); return; }
    const fields = fieldsOf(element, this);
    const signature = [element.id, ...fields.map((field) => field.key + (field.kind === 'codes' ? field.get() : ''))].join(' ');
    this.fields = new Map(fields.map((field) => [field.key, field]));
    if (signature === this.signature) { this.refresh(); return; }
    const held = this.box.contains(document.activeElement) ? document.activeElement.id : '';
    this.signature = signature;
    this.heading = made('h2', { id: 'h-sifat' }, element.businessObject.name || say('unnamed'));
    this.box.replaceChildren(this.heading, made('p', { class: 'hint' }, kind(element)),
      made('form', { class: 'properties', autocomplete: 'off', 'aria-labelledby': 'h-sifat', submit: (event) => event.preventDefault() }, ...fields.map((field) => this.control(field))));
    if (held) (document.getElementById(held) || this.box.querySelector('input, select, textarea'))?.focus();
  }

  // Same element, same fields: values in place, so that the keyboard keeps its place.
  refresh() {
    this.heading.textContent = this.fields.get('name')?.get() || this.fields.get('text')?.get() || say('unnamed');
    for (const [key, field] of this.fields) {
      const node = this.box.querySelector(`#p-${CSS.escape(key)}`);
      if (!node || node === document.activeElement || node.getAttribute('aria-invalid') === 'true') continue;
      if (field.kind === 'said') node.textContent = field.get();
      else if (field.kind === 'check') node.checked = field.get();
      else if (field.kind === 'time') this.fillTime(field, node);
      else if (field.kind !== 'codes') node.value = field.get();
    }
  }

  empty(count) {
    const warnings = this.board.warnings.map(([text, onTasks]) => made('li', {}, text, onTasks ? made('span', { class: 'sub' }, say('warning_on_tasks')) : ''));
    return [made('h2', {}, say('of_sop')), made('p', { class: 'hint' }, say(count ? 'several_chosen' : 'nothing_chosen')),
      ...(warnings.length ? [made('h3', {}, say('warnings')), made('p', { class: 'hint' }, say('warning_hint')), made('ul', { class: 'warnings' }, ...warnings)] : [])];
  }

  control(field) {
    const id = `p-${field.key}`, wrong = made('p', { class: 'problem', id: `${id}-salah`, role: 'alert' });
    const hint = field.hint ? made('p', { class: 'hint', id: `${id}-bantuan` }, field.hint) : '';
    const described = [hint && `${id}-bantuan`, `${id}-salah`].filter(Boolean).join(' ');
    const current = () => this.fields.get(field.key);
    const commit = (value, node) => {
      const judge = current().check, problem = judge ? judge(value) : '';
      if (judge) {
        wrong.textContent = problem;
        node.setAttribute('aria-invalid', problem ? 'true' : 'false');
      }
      if (!problem) current().set(value, this.modeler.get('modeling'));
    };
    const label = made('label', { for: id }, field.label);
    if (field.kind === 'said') return made('div', { class: 'field' }, made('p', { class: 'label' }, field.label), made('p', { id, class: 'said' }, field.get()));
    if (field.kind === 'check') {
      const node = made('input', { id, type: 'checkbox', change: () => commit(node.checked, node) });
      node.checked = field.get();
      return made('div', { class: 'field tick' }, node, label);
    }
    if (field.kind === 'codes') return this.codes(field, id, commit);
    if (field.kind === 'time') return this.time(field, id, commit, hint, wrong);
    const node = field.kind === 'choice' ? made('select', { id, 'aria-describedby': described }, ...choices(field.options, field.get()))
      : made(field.kind === 'long' || field.kind === 'feel' ? 'textarea' : 'input', { id, 'aria-describedby': described, rows: field.kind === 'long' ? 2 : field.kind === 'feel' ? 3 : undefined, spellcheck: field.kind === 'feel' ? 'false' : undefined, class: field.kind === 'feel' ? 'feel' : undefined });
    node.value = field.get();
    node.addEventListener('change', () => commit(node.value.trim(), node));
    if (field.kind === 'feel') this.watch(node, wrong);
    return made('div', { class: 'field' }, label, hint, node, wrong, field.offers ? this.offers(field, node) : '');
  }

  // FEEL is read on the server while somebody types: the same reader that runs it.
  watch(node, wrong) {
    let timer;
    node.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(async () => {
        const text = node.value;
        const problem = text.trim() ? await this.check(text) : '';
        if (text === node.value) { wrong.textContent = problem; node.setAttribute('aria-invalid', problem ? 'true' : 'false'); }
      }, 500);
    });
  }

  offers(field, node) {
    const id = `${node.id}-isian`, groups = field.offers();
    if (!groups.length) return made('p', { class: 'hint' }, say('pick_none'));
    const select = made('select', { id, change: () => {
      const [from, to] = [node.selectionStart, node.selectionEnd], before = node.value.slice(0, from);
      node.value = `${before}${before && !/[\s(]$/.test(before) ? ' and ' : ''}${select.value}${node.value.slice(to)}`;
      select.value = '';
      node.focus();
      node.dispatchEvent(new Event('input'));
      node.dispatchEvent(new Event('change'));
    } }, made('option', { value: '' }, say('choose')),
    ...groups.map((group) => made('optgroup', { label: group.label }, ...group.entries.map(([value, label]) => made('option', { value }, label)))));
    return made('div', {}, made('label', { for: id }, say('pick')), select);
  }

  codes(field, id, commit) {
    const names = new Map(field.options), chosen = field.get();
    const rows = chosen.map((code) => made('li', {}, made('span', {}, names.has(code) ? `${code} ${names.get(code)}` : code), made('button', { type: 'button', class: 'quiet', 'aria-label': say('remove', code), click: () => { commit(this.fields.get(field.key).get().filter((one) => one !== code), node); document.getElementById(id)?.focus(); } }, '×')));
    const node = made('select', { id, change: () => node.value && commit([...this.fields.get(field.key).get(), node.value], node) },
      made('option', { value: '' }, say('add')), ...field.options.filter(([code]) => !chosen.includes(code)).map(([code, label]) => made('option', { value: code }, `${code} ${label}`)));
    return made('div', { class: 'field codes' }, made('label', { for: id }, field.label), rows.length ? made('ul', {}, ...rows) : '', node);
  }

  time(field, id, commit, hint, wrong) {
    const amount = made('input', { id: `${id}-angka`, inputmode: 'numeric', maxlength: 4, 'aria-describedby': hint ? `${id}-bantuan ${id}-salah` : `${id}-salah` });
    const unit = made('select', { id: `${id}-jam` }, ...field.units.map(([value, label]) => made('option', { value }, label)));
    const wording = made('input', { id: `${id}-bunyi`, maxlength: 100 });
    const box = made('fieldset', { class: 'field time-field', id }, made('legend', {}, field.label), hint,
      made('label', { for: amount.id }, say('amount')), amount, made('label', { for: unit.id }, say('unit')), unit, made('label', { for: wording.id }, say('wording')), wording, wrong);
    this.fillTime(field, box);
    // Another number is not what the old wording says: without one typed now, the number says itself.
    for (const node of [amount, unit]) node.addEventListener('change', () => (node === unit && !amount.value.trim() ? undefined : commit({ amount: amount.value.trim(), unit: unit.value, wording: '' }, amount)));
    wording.addEventListener('change', () => amount.value.trim() && commit({ amount: amount.value.trim(), unit: unit.value, wording: wording.value.trim() }, amount));
    return box;
  }

  fillTime(field, box) {
    const { amount, unit, wording } = field.get();
    for (const [name, value] of [['angka', amount], ['jam', unit], ['bunyi', wording]]) {
      const node = box.querySelector(`#p-time-${name}`);
      if (node !== document.activeElement && node.getAttribute('aria-invalid') !== 'true') node.value = value;
    }
    box.querySelector('#p-time-bunyi').placeholder = amount ? '' : say('time_none');
  }
}
