// What the compensation of a step is sent, and what of it an operator changes.
import * as api from './api.js';

const isObject = value => value !== null && typeof value === 'object' && !Array.isArray(value);

/** What the log has for the compensation of a step: of its results and options, and with what was corrected in place of them. */
export async function dataOf(saga, step) {
  const ofStep = saga.events.filter(event => event.step === step);
  const read = events => Promise.all(events.map(event => api.event(saga.sagaId, event.sequence)));
  const results = (await read(ofStep.filter(event => /^(SUCCESS|STEP_ANSWERED)$/.test(event.type)))).map(event => event.result);
  const [joined] = await read(ofStep.filter(event => event.type === 'ENLIST').slice(0, 1));
  const logged = Object.assign({}, joined && joined.options,
    ...results.filter(result => result !== undefined && result !== null).map(result => isObject(result) ? result : { result }));
  const sent = ofStep.filter(event => event.type === 'RETRY' && event.correction !== undefined).slice(-1);
  const [corrected] = await Promise.all(sent.map(event => api.event(saga.sagaId, event.correction)));
  return { logged, now: { ...logged, ...(corrected && corrected.data) } };
}

/** The fields that are not as in the log: all that is to be corrected. */
export function changesOf(logged, text) {
  let wanted;
  try {
    wanted = JSON.parse(text);
  } catch (failure) {
    throw new Error(`This is no JSON: ${failure.message}`);
  }
  if (!isObject(wanted)) {
    throw new Error('It has to be a JSON object');
  }
  const changes = Object.entries(wanted).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(logged[name]));
  if (!changes.length) {
    throw new Error('Nothing is changed. To send it as it is, retry the step.');
  }
  const masked = changes.find(([, value]) => JSON.stringify(value).includes('"***"'));
  if (masked) {
    throw new Error(`${masked[0]} has a field that is masked here: give it in clear, or leave ${masked[0]} as it is`);
  }
  return Object.fromEntries(changes);
}
