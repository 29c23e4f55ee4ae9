// What the panel shows of an element: a list of fields, each with how to read it and how to change it by one undoable command.
import { is, getBusinessObject } from 'bpmn-js/lib/util/ModelUtil';
import { eventFields } from './events.js';
import { extensionsOf, read, standardIn, timerDefinition, timerOf, UNITS } from './standard.js';
import { offered } from './upstream.js';
import { say } from './words.js';

const PEOPLE = ['bpmn:UserTask', 'bpmn:ManualTask'];
const listed = (text) => (text || '').split(/[\s,]+/).filter(Boolean);
const pairs = (names) => names.map((name) => [name, name]);

// A lane's name as the identity sheet lists it.
export const laneName = (lane) => (lane.name || '').replace(/\s+/g, ' ').trim();

export function fieldsOf(element, { modeler, board, keys }) {
  const modeling = modeler.get('modeling'), factory = modeler.get('bpmnFactory'), registry = modeler.get('elementRegistry');
  const object = getBusinessObject(element), fields = [];
  const some = (...types) => types.some((type) => is(element, type));
  const update = (properties) => modeling.updateProperties(element, properties);
  const attribute = (name, more) => fields.push({ key: name, label: say(name), get: () => object.get(`sop:${name}`) || '', set: (value) => update({ [`sop:${name}`]: value || undefined }), ...more });
  const expression = (body, parent) => {
    const made = body ? factory.create('bpmn:FormalExpression', { body }) : undefined;
    if (made) made.$parent = parent;
    return made;
  };
  const codes = (name) => ({ kind: 'codes', options: board.documents, get: () => listed(object.get(`sop:${name}`)), set: (chosen) => update({ [`sop:${name}`]: chosen.join(' ') || undefined }) });
  const extension = (kept) => {
    const box = factory.create('bpmn:ExtensionElements', { values: kept });
    kept.forEach((one) => { one.$parent = box; });
    box.$parent = object;
    update({ extensionElements: kept.length ? box : undefined });
  };

  if (is(element, 'bpmn:TextAnnotation')) {
    fields.push({ key: 'text', kind: 'long', label: say('text'), get: () => object.text || '', set: (value) => modeling.updateLabel(element, value) });
    return fields;
  }
  const isFlow = is(element, 'bpmn:SequenceFlow');
  fields.push({
    key: 'name', kind: 'long', label: say(isFlow ? 'condition_words' : some('bpmn:Activity') ? 'name' : 'name_of'), get: () => object.name || '',
    set: (value) => {
      const role = is(element, 'bpmn:Lane') && board.lanes[laneName(object)], name = value.replace(/\s+/g, ' ');
      modeling.updateLabel(element, name);
      if (role && !board.lanes[name]) board.lanes[name] = role;
      if (!isFlow && name) keys.give(element);
    },
  });
  if (keys.isFixed(object.id)) fields.push({ key: 'id', kind: 'said', label: say('id'), get: () => object.id });
  else fields.push({ key: 'id', label: say('id'), hint: say('id_hint'), get: () => object.id, check: (value) => (value === object.id || keys.isFree(value) ? '' : say('id_wrong')), set: (value) => update({ id: value }) });

  if (is(element, 'bpmn:Lane') && !object.childLaneSet) {
    fields.push({ key: 'role', kind: 'choice', label: say('role'), hint: say('role_hint'), options: board.roles, get: () => board.lanes[laneName(object)] || '', set: (role) => { board.lanes[laneName(object)] = role; modeler.get('eventBus').fire('commandStack.changed', { trigger: 'role' }); } });
  }
  if (is(element, 'bpmn:FlowNode')) lane(element, { fields, modeling, registry });
  if (some(...PEOPLE) || object.$type === 'bpmn:Task' || some('bpmn:StartEvent', 'bpmn:IntermediateCatchEvent', 'bpmn:BoundaryEvent', 'bpmn:ReceiveTask')) {
    if (!standardIn(object)) attribute('form', { kind: 'choice', options: board.forms.map((one) => [one.key, one.title]) });
  }
  if (some('bpmn:Task')) {
    attribute('inputs', codes('inputs'));
  }
  if (some('bpmn:Activity')) time(element, { fields, modeler });
  if (some('bpmn:Task')) {
    attribute('outputs', codes('outputs'));
  }
  if (some('bpmn:ServiceTask', 'bpmn:SendTask') && !is(element, 'bpmn:BusinessRuleTask')) {
    attribute('operation', { kind: 'choice', options: pairs(board.operations) });
  }
  if (some('bpmn:ServiceTask', 'bpmn:SendTask', 'bpmn:ThrowEvent') || extensionsOf(object).some((one) => one.$type === 'sop:Argument')) {
    for (const one of extensionsOf(object).filter((each) => each.$type === 'sop:Argument')) {
      fields.push({ key: `argument-${one.name}`, kind: 'feel', label: say('argument', one.name), hint: say('argument_hint'), get: () => one.value || '',
        set: (value) => (value ? modeling.updateModdleProperties(element, one, { value }) : extension(extensionsOf(object).filter((each) => each !== one))) });
    }
    fields.push({ key: 'new-argument', label: say('new_argument'), get: () => '', set: (name) => name && extension([...extensionsOf(object), factory.create('sop:Argument', { name, value: '""' })]) });
  }
  if (some('bpmn:BusinessRuleTask')) {
    attribute('decision', { kind: 'choice', options: pairs(board.decisions) });
    attribute('result');
  }
  if (some('bpmn:CallActivity')) {
    fields.push({ key: 'called', kind: 'choice', label: say('called'), options: board.processes, get: () => object.calledElement || '', set: (value) => update({ calledElement: value || undefined }) });
  }
  fields.push(...eventFields(element, modeler));
  const timer = timerDefinition(object), form = timer && ['timeDuration', 'timeDate', 'timeCycle'].find((name) => timer[name]);
  if (timer) {
    fields.push({ key: 'timer', label: say('timer'), get: () => (form ? timer[form].body || '' : ''), set: (value) => modeling.updateModdleProperties(element, timer, { [form || 'timeDuration']: expression(value, timer) }) });
  }
  const standard = standardIn(object);
  if (standard) {
    for (const [name, label] of [['text', 'wording'], ['from', 'time_from']]) {
      fields.push({ key: `standard-${name}`, kind: name === 'from' ? 'feel' : 'line', label: say(label), get: () => standard[name] || '', set: (value) => modeling.updateModdleProperties(element, standard, { [name]: value || undefined }) });
    }
  }
  const each = extensionsOf(object).find((one) => one.$type === 'sop:ForEach');
  if (each) {
    for (const name of ['in', 'as', 'collect', 'into']) {
      fields.push({ key: `each-${name}`, kind: name === 'in' ? 'feel' : 'line', label: say(`each_${name}`), get: () => each[name] || '', set: (value) => modeling.updateModdleProperties(element, each, { [name]: value || undefined }) });
    }
  }
  if (!each && object.loopCharacteristics?.$type === 'bpmn:MultiInstanceLoopCharacteristics') {
    fields.push({ key: 'each-in', kind: 'feel', label: say('each_in'), get: () => '', set: (value) => value && extension([...extensionsOf(object), factory.create('sop:ForEach', { in: value, as: 'item' })]) });
  }
  if (isFlow || is(element, 'bpmn:FlowNode')) joins(element, object, { fields, modeling, registry });
  if (isFlow) condition(element, object, { fields, update, expression, board });
  if (!some('bpmn:Participant', 'bpmn:Lane')) {
    attribute('clause', { kind: 'codes', options: board.clauses, get: () => listed(object.get('sop:clause')), set: (codes) => update({ 'sop:clause': codes.join(' ') || undefined }) });
    attribute('sensitivity', { kind: 'choice', options: board.sensitivities });
  }
  fields.push({ key: 'documentation', kind: 'long', label: say('documentation'), get: () => object.documentation?.[0]?.text || '',
    set: (text) => { const made = text && factory.create('bpmn:Documentation', { text }); if (made) made.$parent = object; update({ documentation: [...(made ? [made] : []), ...(object.documentation || []).slice(1)] }); } });
  return fields;
}

// Who does it: the lane it stands in. Another drawn lane moves it there, with what hangs on its edge; lanes inside a sub-process are
// not drawn, they only name who does what.
function lane(element, { fields, modeling, registry }) {
  const object = getBusinessObject(element), inner = (sets) => (sets || []).flatMap((set) => set.lanes || []).flatMap((one) => (one.childLaneSet ? inner([one.childLaneSet]) : [one]));
  const lanes = inner(object.$parent?.laneSets);
  if (!lanes.length || is(element, 'bpmn:BoundaryEvent')) return;
  const here = () => lanes.find((one) => (one.flowNodeRef || []).includes(object));
  const isDrawn = lanes.some((one) => registry.get(one.id));
  fields.push({
    key: 'lane', kind: 'choice', label: say('lane'), hint: isDrawn ? say('lane_hint') : '', options: lanes.map((one) => [one.id, one.name || one.id]), get: () => here()?.id || '',
    set: (id) => {
      const from = here(), to = lanes.find((one) => one.id === id), there = to && registry.get(id);
      if (to === from) return;
      if (there) modeling.moveElements([element], { x: 0, y: Math.round(there.y + there.height / 2 - element.y - element.height / 2) }, element.parent);
      else if (!isDrawn) {
        if (from) modeling.updateModdleProperties(element, from, { flowNodeRef: from.flowNodeRef.filter((one) => one !== object) });
        if (to) modeling.updateModdleProperties(element, to, { flowNodeRef: [...(to.flowNodeRef || []), object] });
      }
    },
  });
}

// Where a flow begins and ends, and what a step leads to: drawing lines without a mouse.
function joins(element, object, { fields, modeling, registry }) {
  const near = registry.filter((one) => is(one, 'bpmn:FlowNode') && !one.labelTarget && one.parent && one.businessObject.$parent === object.$parent && one !== element);
  const named = (nodes) => nodes.map((one) => [one.id, one.businessObject.name || one.id]);
  const middle = (shape) => ({ x: shape.x + shape.width / 2, y: shape.y + shape.height / 2 });
  const mayEnd = near.filter((one) => !is(one, 'bpmn:StartEvent') && !is(one, 'bpmn:BoundaryEvent')), mayBegin = near.filter((one) => !is(one, 'bpmn:EndEvent'));
  if (!is(element, 'bpmn:SequenceFlow')) {
    if (!is(element, 'bpmn:EndEvent')) fields.push({ key: 'connect', kind: 'choice', label: say('connect'), options: named(mayEnd), get: () => '', set: (id) => id && modeling.connect(element, registry.get(id), { type: 'bpmn:SequenceFlow' }) });
    return;
  }
  fields.push({ key: 'from', kind: 'choice', label: say('flow_from'), options: named(mayBegin), get: () => element.source.id, set: (id) => id && modeling.reconnectStart(element, registry.get(id), middle(registry.get(id))) });
  fields.push({ key: 'to', kind: 'choice', label: say('flow_to'), options: named(mayEnd), get: () => element.target.id, set: (id) => id && modeling.reconnectEnd(element, registry.get(id), middle(registry.get(id))) });
}

// The time standard, as one field of three boxes.
function time(element, { fields, modeler }) {
  const { other } = read(element);
  if (other && timerOf(element)) { fields.push({ key: 'time', kind: 'said', label: say('time'), get: () => say('time_other', other) }); return; }
  fields.push({
    key: 'time', kind: 'time', label: say('time'), hint: say('time_hint'), units: Object.keys(UNITS).map((unit) => [unit, say(unit)]), get: () => read(element),
    check: ({ amount }) => (amount === '' || (/^\d{1,4}$/.test(amount) && Number(amount) > 0) ? '' : say('time_wrong')),
    set: (value) => modeler.get('commandStack').execute('sop.standard', { step: element, ...value, amount: value.amount && String(Number(value.amount)) }),
  });
}

// When a flow is taken: FEEL, with the fields of the forms upstream to pick from; and whether it is the default.
function condition(element, flow, { fields, update, expression, board }) {
  const source = flow.sourceRef;
  if (!source || !('default' in source || /Gateway$|Task$|Activity$|SubProcess$/.test(source.$type))) return;
  fields.push({ key: 'condition', kind: 'feel', label: say('condition'), hint: say('condition_hint'), get: () => flow.conditionExpression?.body || '',
    offers: () => offered(flow, board), set: (value) => update({ conditionExpression: expression(value, flow) }) });
  if (source.$type !== 'bpmn:ParallelGateway' && source.$type !== 'bpmn:EventBasedGateway') {
    fields.push({ key: 'is_default', kind: 'check', label: say('is_default'), get: () => source.default === flow, of: element.source, set: (on, modeling) => modeling.updateProperties(element.source, { default: on ? flow : undefined }) });
  }
}
