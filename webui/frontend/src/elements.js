// Every element as a list in reading order: the way to one without a mouse, and on a narrow screen.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { kind, say } from './words.js';
import { made } from './panel.js';

const LISTED = ['bpmn:Participant', 'bpmn:Lane', 'bpmn:FlowNode', 'bpmn:SequenceFlow', 'bpmn:TextAnnotation', 'bpmn:DataObjectReference', 'bpmn:DataStoreReference', 'bpmn:Group'];

const words = (element) => {
  const object = element.businessObject;
  if (!is(element, 'bpmn:SequenceFlow')) return object.name || object.text || say('unnamed');
  return `${object.name ? `${object.name}: ` : ''}${object.sourceRef?.name || object.sourceRef?.id || ''} ${say('to')} ${object.targetRef?.name || object.targetRef?.id || ''}`;
};

export class Elements {
  constructor(box, search, modeler) {
    Object.assign(this, { box, search, modeler });
    for (const event of ['import.done', 'elements.changed', 'commandStack.changed']) modeler.on(event, () => this.draw());
    modeler.on('selection.changed', () => this.mark());
    search.addEventListener('input', () => this.draw());
  }

  draw() {
    const wanted = this.search.value.trim().toLowerCase(), registry = this.modeler.get('elementRegistry');
    const found = registry.filter((one) => !one.labelTarget && one.parent && LISTED.some((type) => is(one, type)))
      .filter((one) => !wanted || `${words(one)} ${one.id} ${kind(one)}`.toLowerCase().includes(wanted))
      .sort((a, b) => LISTED.findIndex((type) => is(a, type)) - LISTED.findIndex((type) => is(b, type)) || (a.x ?? a.waypoints?.[0].x) - (b.x ?? b.waypoints?.[0].x));
    const held = document.activeElement?.dataset?.element;
    this.box.replaceChildren(...found.map((one) => made('li', {}, made('button', { type: 'button', 'data-element': one.id, click: () => choose(this.modeler, one.id) },
      made('span', { class: 'sub' }, kind(one)), words(one)))));
    this.mark();
    if (held) this.box.querySelector(`[data-element="${CSS.escape(held)}"]`)?.focus();
  }

  mark() {
    const chosen = new Set(this.modeler.get('selection').get().map((one) => one.id));
    this.box.querySelectorAll('button').forEach((one) => one.setAttribute('aria-pressed', chosen.has(one.dataset.element) ? 'true' : 'false'));
  }
}

// Select an element and bring it into sight; whether there is one.
export function choose(modeler, id) {
  const element = modeler.get('elementRegistry').get(id);
  if (!element) return false;
  modeler.get('selection').select(element);
  modeler.get('canvas').scrollToElement(element, { top: 120, bottom: 120, left: 160, right: 160 });
  return true;
}
