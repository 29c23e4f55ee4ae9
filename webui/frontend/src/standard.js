// The time standard of a step: a non-interrupting timer on its edge that carries `sop:standard`.
import { say } from './words.js';

// As the table of steps writes them: unit -> clock, and the duration of so many.
export const UNITS = {
  working_minutes: ['working_minutes', 'PT', 'M'], working_days: ['working_days', 'P', 'D'], elapsed_minutes: ['elapsed', 'PT', 'M'],
  elapsed_hours: ['elapsed', 'PT', 'H'], elapsed_days: ['elapsed', 'P', 'D'],
};

export const extensionsOf = (object) => object.extensionElements?.get('values') || [];
export const timerDefinition = (object) => object.eventDefinitions?.find((one) => one.$type === 'bpmn:TimerEventDefinition');
export const standardIn = (object) => extensionsOf(object).find((one) => one.$type === 'sop:Standard');

// The shape of the timer that carries a step's standard.
export const timerOf = (step) => (step.attachers || []).find((one) => standardIn(one.businessObject) && timerDefinition(one.businessObject));

// Number, unit and wording of a step's standard; `other` is a length that is no single number.
export function read(step) {
  const timer = timerOf(step);
  if (!timer) return { amount: '', unit: 'working_minutes', wording: '' };
  const { clock, text } = standardIn(timer.businessObject), body = timerDefinition(timer.businessObject).timeDuration?.body?.trim() || '';
  for (const [unit, [kind, head, tail]] of Object.entries(UNITS)) {
    const number = body.slice(head.length, -tail.length);
    if (kind === clock && /^\d+$/.test(number) && body === head + number + tail) return { amount: number, unit, wording: text || '' };
  }
  return { amount: '', unit: 'working_minutes', wording: text || '', other: `${body} ${clock}` };
}

// One undoable step: the timer is drawn, changed, or taken away where no number is given.
export function SetStandard(modeling, bpmnFactory, elementFactory) {
  const duration = (definition, body) => {
    const made = bpmnFactory.create('bpmn:FormalExpression', { body });
    made.$parent = definition;
    return made;
  };
  this.preExecute = ({ step, amount, unit, wording }) => {
    const timer = timerOf(step);
    if (!amount) { if (timer) modeling.removeElements([timer]); return; }
    const [clock, head, tail] = UNITS[unit];
    const text = wording.trim() || say(`said_${unit}`, amount);
    if (timer) {
      const object = timer.businessObject, standard = standardIn(object), definition = timerDefinition(object);
      if (object.name === standard.text) modeling.updateLabel(timer, text);
      // A clause of the source gave another time: this one is not printed there.
      modeling.updateModdleProperties(timer, standard, { clock, text, clause: undefined });
      modeling.updateModdleProperties(timer, definition, { timeDuration: duration(definition, head + amount + tail) });
      return;
    }
    const object = bpmnFactory.create('bpmn:BoundaryEvent', { name: text, cancelActivity: false });
    const definition = bpmnFactory.create('bpmn:TimerEventDefinition');
    definition.timeDuration = duration(definition, head + amount + tail);
    definition.$parent = object;
    object.eventDefinitions = [definition];
    const standard = bpmnFactory.create('sop:Standard', { clock, text });
    object.extensionElements = bpmnFactory.create('bpmn:ExtensionElements', { values: [standard] });
    standard.$parent = object.extensionElements;
    object.extensionElements.$parent = object;
    const shape = elementFactory.createShape({ type: 'bpmn:BoundaryEvent', businessObject: object });
    modeling.createShape(shape, { x: step.x + step.width - 22, y: step.y + step.height }, step, { attach: true });
  };
}
SetStandard.$inject = ['modeling', 'bpmnFactory', 'elementFactory'];
