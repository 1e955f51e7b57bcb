// The map of a saga: its steps as they were taken, those to come, and in which order they were undone.
import { duration, isOver, linkTo, time } from './words.js';

const OUTCOME = /^(SUCCESS|STEP_ANSWERED|STEP_REJECTED|STEP_UNKNOWN|STEP_TIMEOUT|STEP_END)$/;

/** What is said of a place on the map: its look, a sign, and words. */
const LOOKS = {
  done: ['✓', 'done'],
  running: ['▶', 'running'],
  awaiting: ['⏳', 'waits'],
  toCome: ['○', 'to come'],
  notReached: ['○', 'not reached'],
  rejected: ['✗', 'said no'],
  doubt: ['?', 'in doubt'],
  undone: ['↩', 'undone'],
  failed: ['!', 'could not be undone'],
  incomplete: ['!', 'could not be completed'],
};

function lookOf(step, saga) {
  switch (step.status) {
    case 'COMPENSATION_FAILED': return 'failed';
    case 'COMPLETION_FAILED': return 'incomplete';
    case 'COMPENSATED': return 'undone';
    case 'REJECTED': return 'rejected';
    case 'UNKNOWN':
    case 'TIMED_OUT': return 'doubt';
    case 'SUCCEEDED':
    case 'COMPLETED': return 'done';
    default: return step.awaits ? 'awaiting' : saga.status === 'EXECUTING' ? 'running' : 'doubt';
  }
}

/** All places, in order: the steps that joined, and those that the route shows besides. */
export function places(saga) {
  const undone = saga.events.filter(event => /^(COMPENSATE_SUCCESS|STEP_UNDONE)$/.test(event.type)).map(event => event.step);
  const taken = saga.steps.map(step => ({
    name: step.name,
    look: lookOf(step, saga),
    step,
    outcome: saga.events.find(event => event.step === step.name && OUTCOME.test(event.type)),
    undone: undone.indexOf(step.name) + 1,
    children: saga.children.filter(child => child.place && child.place.startsWith(step.name)),
  }));
  const known = new Set(saga.steps.map(step => step.name.replace(/#.*$/, '')));
  const more = (saga.plan || []).filter(name => !known.has(name))
    .map(name => ({ name, look: isOver(saga.status) || saga.status !== 'EXECUTING' ? 'notReached' : 'toCome', children: [] }));
  return [...taken, ...more];
}

export function createMap(React, connection) {
  const h = React.createElement;

  function Place({ place, now }) {
    const { name, look, step, outcome, undone, children } = place;
    const [sign, words] = LOOKS[look];
    const runs = look === 'running' || look === 'awaiting';
    const end = runs ? now : step && Date.parse(outcome ? outcome.timestamp : step.updatedAt);
    const facts = step ? [
      step.kind && step.kind.toLowerCase(),
      `${duration(Math.max(0, end - Date.parse(step.enlistedAt)))}${runs ? ' so far' : ''}`,
      step.attempts > 0 && `${step.attempts} ${step.attempts === 1 ? 'attempt' : 'attempts'} failed`,
      step.awaits && `for ${step.awaits} until ${time(step.deadline)}`,
      step.code,
    ].filter(Boolean) : [];
    return h('li', { id: `saga-place-${name}`, tabIndex: -1, className: `saga-place saga-place-${look}` },
      h('b', null, name),
      h('span', null, h('span', { 'aria-hidden': true }, `${sign} `), words, undone > 0 && look === 'undone' && `, number ${undone}`),
      facts.length > 0 && h('small', null, facts.join(', ')),
      children.map(child => h('a', { key: child.sagaId, href: linkTo(child.sagaId), 'data-saga': '' }, `↳ ${child.name} ${child.status || ''}`)));
  }

  return function Map({ saga }) {
    const now = connection.useNow(!isOver(saga.status));
    const all = places(saga);
    const worst = all.find(({ look }) => look === 'failed' || look === 'incomplete')
      || all.find(({ look }) => look === 'rejected' || look === 'doubt');
    const show = clicked => {
      clicked.preventDefault();
      const place = document.getElementById(`saga-place-${worst.name}`);
      place.scrollIntoView({ block: 'center' });
      place.focus();
    };
    return h('section', { 'aria-labelledby': 'saga-map' },
      h('h2', { id: 'saga-map' }, 'Map'),
      worst && h('p', null, h('a', { href: `#saga-place-${worst.name}`, onClick: show }, `${worst.name} ${LOOKS[worst.look][1]}`)),
      h('ol', { className: 'saga-map', 'aria-labelledby': 'saga-map' }, all.map(place => h(Place, { key: place.name, place, now }))));
  };
}
