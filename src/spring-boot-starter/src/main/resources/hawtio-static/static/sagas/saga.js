// One saga: what it is, its steps, and everything that happened to it.
import * as api from './api.js';
import { createAsk } from './ask.js';
import { changesOf, dataOf } from './correct.js';
import { createFocus } from './focus.js';
import { createMap } from './map.js';
import { ACTIONS, ATTENTION, STEP_ACTIONS, actionsFor, address, addressWith, correcting, duration, hasPayload, held, isOver, linkTo, outcomeOf, says, since, stepActionsFor, time, tone, waiting } from './words.js';

const rowOf = step => 'saga-step ' + step.name;

export function createSaga(React, router, hawtio, connection) {
  const { useCallback, useContext, useEffect, useRef, useState } = React;
  const h = React.createElement;
  const Ask = createAsk(React);
  const Map = createMap(React, connection);
  const useKeptFocus = createFocus(React);

  /** Leads to a route in the Camel tab. A step PROCESS_PAYMENT#2 is taken by the route process-payment. */
  function RouteLink({ name, children }) {
    const navigate = router.useNavigate();
    const { setSelectedNode } = useContext(hawtio.PluginNodeSelectionContext);
    const id = name.replace(/#.*$/, '').toLowerCase().replace(/_/g, '-');
    const go = async clicked => {
      clicked.preventDefault();
      const tree = await hawtio.workspace.getTree();
      const route = tree.find(node => node.name === id && /-routes-/.test(node.id));
      if (route) {
        setSelectedNode(route);
      }
      navigate('/camel');
    };
    return h('a', { href: hawtio.hawtio.getBasePath() + '/camel', onClick: go, title: `Route ${id} in the Camel tab` }, children);
  }

  function Steps({ saga, act, told }) {
    const runs = step => !isOver(saga.status) && step.status === 'ENLISTED' && !outcome(step);
    const now = connection.useNow(!isOver(saga.status));
    const begin = Date.parse(saga.startedAt);
    const outcome = step => saga.events.find(event =>
      event.step === step.name && /^(SUCCESS|STEP_ANSWERED|STEP_REJECTED|STEP_UNKNOWN|STEP_TIMEOUT)$/.test(event.type));
    const end = step => runs(step) ? now : Date.parse((outcome(step) || { timestamp: step.updatedAt }).timestamp);
    const ends = saga.steps.map(end);
    const whole = Math.max(1, ...ends.map(end => end - begin));
    return h('table', { className: 'saga-table saga-steps' },
      h('caption', null, 'Steps in the order in which they joined'),
      h('thead', null, h('tr', null, ['Step', 'Status', 'Took', 'When', 'Attempts', 'Error'].map(name => h('th', { key: name, scope: 'col' }, name)))),
      h('tbody', null, saga.steps.map(step => {
        const took = Math.max(0, end(step) - Date.parse(step.enlistedAt));
        return h('tr', { key: step.name, id: rowOf(step), tabIndex: -1 },
          h('th', { scope: 'row', 'data-label': 'Step' }, step.name, ' ',
            h(RouteLink, { name: step.name }, 'route')),
          h('td', { 'data-label': 'Status' }, h('span', { className: `saga-step saga-step-${step.status}` }, step.status),
            step.kind && ` ${step.kind.toLowerCase()}`),
          h('td', { 'data-label': 'Took' }, duration(took), runs(step) && ' so far'),
          h('td', { 'data-label': 'When', className: 'saga-when' }, h('span', { className: 'saga-lane', 'aria-hidden': true },
            h('span', { className: `saga-bar saga-step-${step.status}`, style: {
              marginLeft: `${Math.min(99, 100 * (Date.parse(step.enlistedAt) - begin) / whole)}%`,
              width: `${Math.max(1, Math.min(100, 100 * took / whole))}%` } }))),
          h('td', { 'data-label': 'Attempts' }, step.attempts || ''),
          h('td', { 'data-label': 'Error' }, [step.code, step.error].filter(Boolean).join(': ') || waiting(step),
            step.correction && h('p', null, correcting(step)),
            told && told.step === step.name && h('div', { role: 'status' }, (told.says ? [told.says] : told.answers.map(held))
              .map(line => h('p', { key: line }, line))),
            act && h('div', { className: 'saga-buttons' }, stepActionsFor(saga, step).map(name =>
              h('button', { key: name, className: 'saga-button', 'aria-label': `${STEP_ACTIONS[name].label}: ${step.name}`,
                onClick: () => act(name, step) }, STEP_ACTIONS[name].label)))));
      })));
  }

  /** Sagas that began within this one. */
  function Children({ saga }) {
    return h('table', { className: 'saga-table' },
      h('caption', null, 'Sagas that began within it'),
      h('thead', null, h('tr', null, ['Saga', 'Status', 'Where'].map(name => h('th', { key: name, scope: 'col' }, name)))),
      h('tbody', null, saga.children.map(child => h('tr', { key: child.sagaId },
        h('th', { scope: 'row', 'data-label': 'Saga' }, h('a', { href: linkTo(child.sagaId), 'data-saga': '', title: child.sagaId }, child.name)),
        h('td', { 'data-label': 'Status' }, child.status
          ? h('span', { className: `saga-status saga-status-${child.status}` }, child.status) : 'not in the list'),
        h('td', { 'data-label': 'Where' }, child.place || '')))));
  }

  function Payload({ saga, event }) {
    const [shown, setShown] = useState(null);
    const toggle = async () => {
      if (shown !== null) {
        return setShown(null);
      }
      try {
        const { body, headers, options, result, data } = await api.event(saga.sagaId, event.sequence);
        setShown(JSON.stringify({ body, headers, options, result, data }, null, 2));
      } catch (failure) {
        setShown(failure.message);
      }
    };
    return h(React.Fragment, null,
      h('button', { className: 'saga-link', 'aria-expanded': shown !== null, onClick: toggle }, 'payload'),
      shown !== null && h('pre', { tabIndex: 0 }, shown));
  }

  /** The one that the address says, which can be sent to somebody else. */
  function Events({ saga, access }) {
    const chosen = address().get('event');
    const at = useRef(null);
    useEffect(() => { at.current && at.current.scrollIntoView({ block: 'center' }); }, [chosen, saga.sagaId]);
    return h('section', { 'aria-labelledby': 'saga-events' },
      h('h2', { id: 'saga-events' }, 'What happened'),
      h('ol', { className: 'saga-events' }, saga.events.map((event, index) =>
        h('li', { key: `${event.sequence}-${index}`, className: `saga-event saga-${tone(event)}`,
          ...(chosen === String(index) ? { ref: at, 'aria-current': 'true' } : {}) },
          h('a', { href: addressWith({ event: String(index) }), 'data-saga': '' },
            h('time', { dateTime: event.timestamp, title: time(event.timestamp) }, '+' + duration(since(saga.startedAt, event.timestamp)))),
          h('b', null, event.step || ''),
          h('span', null, says(event), ' ', hasPayload(event) && access.operator && h(Payload, { saga, event }))))));
  }

  return function Saga({ id, access }) {
    const [saga, setSaga] = useState(null);
    const [problem, setProblem] = useState('');
    const [action, setAction] = useState(null);
    const [step, setStep] = useState(null);
    const [data, setData] = useState({});
    const [told, setTold] = useState(null);
    const [acted, setActed] = useState(null);
    const heading = useRef(null);
    const became = useRef(null);
    const load = useCallback(
      () => api.saga(id).then(found => { setSaga(found); setProblem(''); }, failure => setProblem(failure.message)), [id]);
    useEffect(() => { setSaga(null); load(); }, [load]);
    const lost = connection.useConnection(load, changed => changed.sagaId === id);
    const now = connection.useNow(saga && !isOver(saga.status));
    useEffect(() => { heading.current && heading.current.focus(); }, [saga && saga.sagaId]);
    useKeptFocus(acted ? became : heading);
    const back = h('p', null, h('a', { href: linkTo(''), 'data-saga': '' }, '← All sagas'));
    if (!saga) {
      return h('article', null, back, h('p', { role: problem ? 'alert' : 'status' }, problem || 'Reading the saga log ...'));
    }
    const offered = access.operator ? actionsFor(saga) : [];
    const actOnStep = async (name, { name: which, correction }) => {
      try {
        setData(name === 'correct' ? await dataOf(saga, which)
          : name === 'confirm' ? { number: correction.number, shows: (await api.event(id, correction.number)).data } : {});
        setStep(which);
        setAction(name);
      } catch (failure) {
        setProblem(failure.message);
      }
    };
    const moreOf = text => action === 'correct' ? { data: changesOf(data.logged, text) } : action === 'confirm' ? { correction: data.number } : {};
    const pretty = value => value && JSON.stringify(value, null, 2);
    const outcome = acted && outcomeOf(acted.action, acted.label, saga.events.slice(acted.before));
    const asked = action && (step ? STEP_ACTIONS : ACTIONS)[action];
    const failed = saga.steps.find(({ status }) => /_FAILED$/.test(status)) || saga.steps.find(({ error }) => error);
    return h('article', null,
      back,
      lost && h(connection.Lost, { since: lost }),
      h('h1', { ref: heading, tabIndex: -1 }, saga.name, ' ', h('span', { className: `saga-status saga-status-${saga.status}` }, saga.status)),
      outcome && h('p', { ref: became, tabIndex: -1, role: outcome.refused ? 'alert' : 'status', className: outcome.refused ? 'saga-problem' : 'saga-outcome' }, outcome.text),
      problem && h('p', { role: 'alert', className: 'saga-problem' }, problem),
      saga.attention && h('p', { className: 'saga-reason' }, h('b', null, ATTENTION[saga.attention]), saga.trouble && `: ${saga.trouble}`),
      saga.reason && h('p', { className: `saga-reason ${saga.status === 'COMPENSATED' ? 'saga-settled' : ''}` }, saga.reason),
      failed && h('p', null, h('button', { className: 'saga-link', accessKey: 'f', title: 'Key F with those that your browser asks for', onClick: () => document.getElementById(rowOf(failed)).focus() }, 'To the step that failed')),
      h('dl', { className: 'saga-facts' },
        [['Saga', saga.sagaId], ['Key', saga.key], ['Application', saga.application], ['Started', time(saga.startedAt)],
         ['Took', saga.durationMillis === undefined ? `${duration(Math.max(0, now - Date.parse(saga.startedAt)))} so far` : duration(saga.durationMillis)],
         ['Is undone if it has not ended by', !isOver(saga.status) && saga.deadline && time(saga.deadline)], ['Version', saga.version], ['Taken over by', saga.instance], ['Trace', saga.traceId]]
          .filter(([, value]) => value)
          .map(([name, value]) => h('div', { key: name }, h('dt', null, name), h('dd', null, value))),
        saga.parent && h('div', null, h('dt', null, 'Within saga'), h('dd', null, h('a', { href: linkTo(saga.parent), 'data-saga': '' }, saga.parent))),
        h('div', null, h('dt', null, 'Route'), h('dd', null, h(RouteLink, { name: saga.name }, saga.name)))),
      offered.length > 0 && h('div', { className: 'saga-buttons' }, offered.map(name =>
        h('button', { key: name, className: `saga-button ${name === 'retry' ? 'saga-primary' : ''}`, onClick: () => { setData({}); setStep(null); setAction(name); } }, ACTIONS[name].label))),
      access.operator && h('p', null, h('a', { href: api.bundleOf(saga.sagaId), download: '' }, 'All of it as a file')),
      h(Map, { saga }),
      h(Steps, { saga, act: access.operator && actOnStep, told }),
      saga.children.length > 0 && h(Children, { saga }),
      h(Events, { saga, access }),
      asked && h(Ask, { label: asked.label, warns: asked.says, of: `${step || saga.name} ${saga.key || ''}`, where: 'the saga log', access,
        data: pretty(data.now), shows: pretty(data.shows),
        send: async (who, reason, text) => action === 'ask' ? setTold(await api.askStep(saga.sagaId, step, who, reason)) : api.act(saga.sagaId, action, who, reason, step, moreOf(text)),
        close: () => setAction(null), done: () => {
          if (action !== 'ask') {
            setActed({ action, label: asked.label, before: saga.events.length });
          }
          setAction(null);
          load();
        } }));
  };
}
