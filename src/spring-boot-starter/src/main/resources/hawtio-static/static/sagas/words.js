// How things are said.
export const STATUSES = ['EXECUTING', 'COMPLETING', 'COMPLETED', 'COMPENSATING', 'COMPENSATED', 'FAILED'];

export const ATTENTION = {
  FAILED: 'A person has to act',
  RETRYING: 'Goes wrong and is tried again',
  SILENT: 'Nothing has happened for long',
};

export const ACTIONS = {
  retry: {
    label: 'Retry',
    says: 'Its compensations are tried again, with all their attempts. Remove the cause first.',
  },
  resolve: {
    label: 'Resolve',
    says: 'You say that what is left was undone by hand. The saga becomes COMPENSATED, and nothing is sent to anybody.',
  },
  cancel: { label: 'Cancel saga', says: 'Every step that was taken is undone, the last one first.' },
};

/** What can be done for one step: of each, to ask; the others where its compensation or completion was given up. */
export const STEP_ACTIONS = {
  ask: {
    label: 'What happened?',
    says: 'The participants are asked what they hold of this step. Nothing changes by that. It takes up to ten seconds.',
  },
  retry: {
    label: 'Retry this step',
    says: 'Only this step is tried again, with all its attempts. What else was given up stays that. Remove the cause first.',
  },
  resolve: {
    label: 'Was done by hand',
    says: 'You say that it was done by hand for this step. Give the proof: what was done, and where it can be seen. The saga ends when nothing else was given up.',
  },
  correct: {
    label: 'Correct and send',
    says: 'Only this step is tried again, and is sent what you change here: at once, or when a second operator confirms it where that is asked for. The saga log keeps what there was.',
  },
  confirm: {
    label: 'Confirm the correction',
    says: 'This is sent in place of what the log has:',
  },
};

/** Those that a step has now. */
export const stepActionsFor = (saga, step) => Object.keys(STEP_ACTIONS).filter(name => name === 'ask'
  || saga.status === 'FAILED' && wasGivenUp(step) && (name !== 'confirm' || step.correction));

const HELD = {
  NOTHING: 'nothing of this step has come, or its transaction has not ended',
  AT_WORK: 'is at work on it now',
  STARTED: 'has begun it and not ended it: it may have taken effect',
  DONE: 'has done it',
  REJECTED: 'has refused it: nothing took effect',
  BARRED: 'its compensation came first: it was not done, and will not be',
  COMPENSATING: 'has begun to undo it and not ended that',
  COMPENSATED: 'has undone it',
  COMPLETED: 'has made it final',
  NOT_KEPT: 'keeps no record of what it does',
  UNREADABLE: 'cannot tell now',
};

/** What a participant says that it holds of a step. */
export const held = answer => [`${answer.service || 'A participant'}: ${HELD[answer.held] || answer.held}`,
  answer.command && `command ${answer.command}`, answer.ending && `last ${answer.ending}`,
  answer.code, answer.error, answer.result !== undefined && JSON.stringify(answer.result)].filter(Boolean).join('; ');

/** What is said of corrected data that waits. */
export const correcting = ({ correction }) =>
  (correction ? `Corrected by ${correction.who || 'somebody'}, and not sent: ${correction.reason || ''}` : '');

/** What can be done for an LRA of another client, by its status. */
export const LRA_ACTIONS = {
  cancel: { label: 'Cancel LRA', says: 'Its participants undo what they did, the last one first.', of: ['Active'] },
  close: { label: 'Close LRA', says: 'Its participants complete. It can no longer be cancelled.', of: ['Active'] },
  recover: { label: 'Call again', says: 'The coordinator calls the participants of all LRAs that are ending again now.', of: ['Closing', 'Cancelling'] },
  forget: { label: 'Forget', says: 'You say that what is left was done by hand. The coordinator removes it, and nothing is sent to anybody.', of: ['FailedToClose', 'FailedToCancel'] },
};

export const LRA_STATUSES = ['Active', 'Closing', 'Cancelling', 'FailedToClose', 'FailedToCancel'];

export const wasGivenUp = step => /^(COMPENSATION|COMPLETION)_FAILED$/.test(step.status);

/** Of `customer=ann, amount.gt=100` the parameters of the list. */
export const conditionsOf = text => Object.fromEntries(text.split(',').filter(one => one.trim()).map(one => {
  const [name, ...value] = one.split('=');
  return [`attribute.${name.trim()}`, value.join('=').trim()];
}));

/** What the address of the page says: the filters, the page, and the saga that is shown. It can be sent to somebody else. */
export const address = () => new URLSearchParams(location.search);

/** The address with other values; those that are empty are left out. */
export function addressWith(values) {
  const query = address();
  Object.entries(values).forEach(([name, value]) => (value ? query.set(name, value) : query.delete(name)));
  const text = query.toString();
  return location.pathname + (text && `?${text}`);
}

export const linkTo = sagaId => addressWith({ saga: sagaId, event: '' });

/** The list of sagas, or that of the LRAs of other clients, which have other statuses. */
export const linkToView = view => addressWith({ view, saga: '', after: '', page: '', who: '', act: '', of: '',
  ...([view, address().get('view')].includes('lras') ? { status: '' } : {}) });

/** Past its pivot a saga cannot be undone. */
export function actionsFor({ status, steps }) {
  const passed = steps.some(step => step.kind === 'PIVOT' && /^(SUCCEEDED|COMPLETED)$/.test(step.status));
  return { FAILED: ['retry', 'resolve'], EXECUTING: passed ? [] : ['cancel'] }[status] || [];
}

export const isOver = status => /^(COMPLETED|COMPENSATED|FAILED)$/.test(status);

export function duration(millis) {
  if (millis < 1000) {
    return `${millis} ms`;
  }
  const seconds = millis / 1000;
  if (seconds < 120) {
    return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  }
  const minutes = seconds / 60;
  if (minutes < 120) {
    return `${Math.round(minutes)} min`;
  }
  const hours = minutes / 60;
  return hours < 48 ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} days`;
}

export const since = (from, to) => Date.parse(to) - Date.parse(from);

export function time(text) {
  return new Date(text).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'medium' });
}

/** As the field of a form has it: the time here, without a zone. */
export function localTime(text) {
  const at = new Date(text);
  return isNaN(at) ? '' : new Date(at - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

const SAYS = {
  START: event => event.at ? `accepted, begins at ${time(event.at)}` : 'started',
  BEGIN: () => 'begins',
  ENLIST: event => `joined${event.compensation ? ', can be undone' : ''}`,
  SUCCESS: event => `${event.command} succeeded`,
  STEP_REJECTED: event => `${event.command} was rejected: ${event.error || event.code || ''}`,
  STEP_UNKNOWN: event => `${event.command}: the outcome is unknown: ${event.error || ''}`,
  STEP_TIMEOUT: event => `${event.command}: no reply within ${duration(event.timeoutMillis)}`,
  CHILD: event => event.ended ? `saga ${event.saga} (${event.name}) has ended` : `begins saga ${event.saga} (${event.name})`,
  OTHER_PATH: event => `waits for a person: ${event.difference || ''}`,
  STEP_RETRY: event => `${event.command} is sent again, attempt ${event.attempt}: ${event.error || ''}`,
  STEP_SENDS: event => `sends ${event.command}`,
  STEP_AWAITS: event => `waits for ${event.command} until ${time(event.deadline)}${event.who ? `, says ${event.who}: ${event.reason || ''}` : ''}`,
  STEP_REMINDER: event => `reminded of ${event.command}`,
  STEP_ANSWERED: event => `${event.command} ${event.code ? `was answered with a no: ${event.error || event.code}` : 'was answered'}${event.who ? ` by ${event.who}: ${event.reason || ''}` : ''}`,
  SIGNAL: event => `signal ${event.name}${event.who ? ` by ${event.who}: ${event.reason || ''}` : ''}`,
  STEP_END: event => event.left && event.left.unkept ? `ended; its message is not kept: ${event.left.unkept}` : 'ended',
  LATE_REPLY: event => `late reply ${event.status || ''}; it changes nothing`,
  LIMIT: event => `has to end before ${time(event.deadline)}`,
  CLOSE: () => 'is to complete',
  COMPLETE_SUCCESS: () => 'completed',
  COMPLETE_RETRY: event => `not completed, attempt ${event.attempt}: ${event.error || ''}`,
  COMPLETE: () => 'completed',
  FAIL: event => `is to be undone: ${event.reason || ''}`,
  TIMEOUT: event => `is to be undone after a time-out: ${event.reason || ''}`,
  COMPENSATE_SUCCESS: () => 'undone',
  COMPENSATE_RETRY: event => `not undone, attempt ${event.attempt}: ${event.error || ''}`,
  STEP_COMPENSATE_FAILED: event => `could not be undone, given up after ${event.attempts} attempts: ${event.error || ''}`,
  COMPENSATE_FAIL: event => `could not be undone; a person has to act: ${event.error || ''}`,
  COMPENSATE_COMPLETE: () => 'everything was undone',
  REQUEST: event => `asked of the instance that runs it: ${says(event.event)}`,
  REFUSE: event => `refused: ${event.reason || ''}`,
  STEP_ASKED: event => `${event.who} asks what participants hold of it: ${event.reason}`,
  STEP_TOLD: event => held(event),
  RESUME: event => `taken over by ${event.host || 'an instance'}`,
  SNAPSHOT: () => 'carried forward in the log',
  RETRY: event => `${event.who} has ${event.step ? 'this step' : 'it'} tried again${event.correction === undefined ? '' : ' with the corrected data'}: ${event.reason}`,
  RESOLVE: event => `${event.who} undid the rest by hand: ${event.reason}`,
  STEP_CORRECTION: event => `${event.who} gave corrected data: ${event.reason}`,
  STEP_RESOLVED: event => `${event.who} did by hand what was given up: ${event.reason}`,
};

/** What a saga or a step waits for, and until when. */
export const waiting = one => (one.awaits ? `waits for ${one.awaits} since ${time(one.awaitsSince)}, until ${time(one.deadline)}` : '');

export const says = event => (SAYS[event.type] || (() => event.type))(event);

export const hasPayload = event => ['START', 'ENLIST', 'SUCCESS', 'STEP_ANSWERED', 'SIGNAL', 'STEP_CORRECTION'].includes(event.type);

export const ACTS = ['retry', 'resolve', 'correct', 'cancel', 'answer', 'deadline', 'signal', 'ask', 'read'];

const DONE_BY = { retry: /^RETRY$/, resolve: /RESOLVE/, cancel: /^FAIL$/, correct: /^STEP_CORRECTION$/, confirm: /^RETRY$/ };

/** What became of an act of an operator, by what happened since: the instance that was asked may not be the one that does it. */
export function outcomeOf(action, label, events) {
  const refused = events.find(event => event.type === 'REFUSE');
  if (refused) {
    return { text: `${label}: refused. ${refused.reason || ''}`, refused: true };
  }
  return events.some(event => DONE_BY[action].test(event.type))
    ? { text: `${label}: done` }
    : { text: `${label}: accepted. The instance that runs the saga has yet to do it.` };
}

/** Whether an event is good news, bad news, or a person's doing. */
export function tone(event) {
  if (['RETRY', 'RESOLVE', 'STEP_RESOLVED', 'STEP_CORRECTION', 'STEP_ASKED', 'STEP_TOLD', 'REQUEST'].includes(event.type) || (event.who && ['STEP_ANSWERED', 'STEP_AWAITS', 'SIGNAL'].includes(event.type))) {
    return 'person';
  }
  if (/FAIL|REFUSE|TIMEOUT|REJECTED|UNKNOWN|RETRY/.test(event.type)) {
    return 'bad';
  }
  return /SUCCESS|COMPLETE/.test(event.type) ? 'good' : 'plain';
}
