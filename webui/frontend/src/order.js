// The order of steps in the file is the order of the SOP-AP table. The modeler appends what is new, and what an undo brings back, at the
// end; here the old order stays, and a new step stands behind the one that leads to it.
const isFlow = (object) => object.$type === 'bpmn:SequenceFlow';

function* containers(object) {
  for (const one of object.rootElements || object.flowElements || []) if (one.flowElements) { yield one; yield* containers(one); }
}

export class FileOrder {
  constructor(definitions) {
    this.places = new Map();
    for (const container of containers(definitions)) container.flowElements.forEach((object, place) => this.places.set(object, place));
  }

  restore(definitions) {
    for (const container of containers(definitions)) {
      const all = container.flowElements, placed = all.filter((one) => this.places.has(one)).sort((a, b) => this.places.get(a) - this.places.get(b));
      let waiting = all.filter((one) => !this.places.has(one) && !isFlow(one));
      for (let before = -1; waiting.length !== before;) {
        before = waiting.length;
        waiting = waiting.filter((one) => {
          const leads = one.attachedToRef || (one.incoming || []).map((flow) => flow.sourceRef).find((source) => placed.includes(source));
          if (!placed.includes(leads)) return true;
          placed.splice(placed.indexOf(leads) + 1, 0, one);
          return false;
        });
      }
      container.flowElements = [...placed, ...waiting, ...all.filter((one) => !this.places.has(one) && isFlow(one))];
    }
  }
}
