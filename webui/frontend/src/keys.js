// Keys of what was drawn new: journals name them for decades, so they come from names, not from chance.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { standardIn } from './standard.js';

export const KEY = /^[a-z][a-z0-9_]{0,63}$/;
const MADE_UP = /^[A-Z][A-Za-z]*_[0-9a-z]{7}$/;
const KINDS = [['bpmn:Gateway', 'gateway'], ['bpmn:EndEvent', 'end'], ['bpmn:StartEvent', 'start'], ['bpmn:Event', 'event'], ['bpmn:Activity', 'step']];
export const slug = (name) => (name || '').toLowerCase().normalize('NFD').replace(/[^a-z0-9]+/g, '_').replace(/^[^a-z]+|_+$/g, '').slice(0, 48);

export const isMadeUp = (id) => MADE_UP.test(id);

export class Keys {
  // `fixed`: ids of the version the draft began from.
  constructor(modeler, fixed) {
    Object.assign(this, { modeler, fixed: new Set(fixed), opened: new Set() });
    modeler.on('import.done', () => { this.opened = new Set(modeler.get('elementRegistry').getAll().map((one) => one.id)); });
  }

  isFixed(id) { return this.fixed.has(id); }

  isFree(id) { return KEY.test(id) && !this.fixed.has(id) && !this.modeler.get('elementRegistry').get(id); }

  // Give an element drawn new the key its name says, or what it hangs on, or what leads to it.
  give(element) {
    const object = element.businessObject;
    if (!isMadeUp(object.id) || this.isFixed(object.id)) return;
    const base = this.said(element, object).slice(0, 58);
    for (let number = 1; base && number < 100; number += 1) {
      const id = number === 1 ? base : `${base}_${number}`;
      if (this.isFree(id)) { this.modeler.get('modeling').updateProperties(element, { id }); return; }
    }
  }

  said(element, object) {
    if (is(element, 'bpmn:SequenceFlow')) return `${object.sourceRef.id}__${object.targetRef.id}`;
    if (object.attachedToRef && standardIn(object)) return `${object.attachedToRef.id}_overdue`;
    const named = slug(object.name);
    if (named) return named;
    const [, kind] = KINDS.find(([type]) => is(element, type)) || ['', 'part'], near = object.attachedToRef || object.incoming?.[0]?.sourceRef;
    return near && KEY.test(near.id) ? `${near.id}_${kind}` : '';
  }

  // Before saving, for what was drawn since the page was opened: steps first, since timers and flows are called after them.
  giveAll() {
    const registry = this.modeler.get('elementRegistry'), drawn = registry.filter((one) => one.parent && !one.labelTarget && !this.opened.has(one.id));
    const nodes = drawn.filter((one) => is(one, 'bpmn:FlowNode')), hangs = (one) => Boolean(one.businessObject.attachedToRef);
    for (const one of [...nodes.filter((each) => !hangs(each)), ...nodes.filter(hangs), ...drawn.filter((each) => is(each, 'bpmn:SequenceFlow'))]) this.give(one);
  }
}
