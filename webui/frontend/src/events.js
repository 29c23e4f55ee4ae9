// What an event waits for or gives: a message, signal, error or escalation by its name or code. Events of one name share one definition.
import { slug } from './keys.js';
import { say } from './words.js';

const KINDS = [
  ['bpmn:MessageEventDefinition', 'messageRef', 'bpmn:Message', 'name', 'message'], ['bpmn:SignalEventDefinition', 'signalRef', 'bpmn:Signal', 'name', 'signal'],
  ['bpmn:ErrorEventDefinition', 'errorRef', 'bpmn:Error', 'errorCode', 'error'], ['bpmn:EscalationEventDefinition', 'escalationRef', 'bpmn:Escalation', 'escalationCode', 'escalation'],
];

export function eventFields(element, modeler) {
  const object = element.businessObject, definitions = modeler.getDefinitions(), modeling = modeler.get('modeling'), factory = modeler.get('bpmnFactory');
  const isTask = ['bpmn:SendTask', 'bpmn:ReceiveTask'].includes(object.$type);
  return KINDS.flatMap(([type, reference, root, by, word]) => {
    const holder = isTask && word === 'message' ? object : object.eventDefinitions?.find((one) => one.$type === type);
    if (!holder) return [];
    const of = () => (definitions.rootElements || []).filter((one) => one.$type === root);
    const made = (value) => {
      const taken = new Set(definitions.rootElements.map((one) => one.id)), base = `${word}_${slug(value) || 'x'}`;
      let id = base;
      for (let number = 2; taken.has(id) || modeler.get('elementRegistry').get(id); number += 1) id = `${base}_${number}`;
      const one = factory.create(root, { id, name: value, [by]: value });
      one.$parent = definitions;
      modeling.updateModdleProperties(element, definitions, { rootElements: [...definitions.rootElements, one] });
      return one;
    };
    return [{
      key: `event-${word}`, label: say(word), hint: of().length ? say('event_hint', of().map((one) => one[by]).filter(Boolean).join(', ')) : '', get: () => holder[reference]?.[by] || '',
      set: (value) => modeling.updateModdleProperties(element, holder, { [reference]: value ? of().find((one) => one[by] === value) || made(value) : undefined }),
    }];
  });
}
