// LRAs that other clients have started at the coordinator of the sagas.
import * as api from './api.js';
import { createAsk } from './ask.js';
import { LRA_ACTIONS, LRA_STATUSES, address, addressWith, duration, linkToView, time } from './words.js';

const EVERY = 5000;

export function createLras(React, connection) {
  const { useCallback, useEffect, useRef, useState } = React;
  const h = React.createElement;
  const Ask = createAsk(React);

  function List({ lras, operator, act }) {
    const now = connection.useNow(true);
    const offered = lra => Object.keys(LRA_ACTIONS).filter(name => LRA_ACTIONS[name].of.includes(lra.status));
    return h('table', { className: 'saga-table saga-lras' },
      h('caption', null, 'LRAs that have not ended, and those that failed, the latest first'),
      h('thead', null, h('tr', null, ['Status', 'Client', 'LRA', 'Started', 'Age', ''].map(name => h('th', { key: name, scope: 'col' }, name)))),
      h('tbody', null, lras.map(lra => h('tr', { key: lra.id, className: lra.finishedAt ? 'saga-attention' : '' },
        h('td', { 'data-label': 'Status' }, h('span', { className: `saga-status saga-lra-${lra.status}` }, lra.status)),
        h('td', { 'data-label': 'Client' }, lra.clientId || 'without a name'),
        h('th', { scope: 'row', 'data-label': 'LRA', title: lra.lraId }, lra.id, !lra.topLevel && ' (nested)'),
        h('td', { 'data-label': 'Started' }, lra.startedAt ? time(lra.startedAt) : ''),
        h('td', { 'data-label': 'Age' }, lra.startedAt ? duration(Math.max(0, now - Date.parse(lra.startedAt))) : '',
          lra.deadline && h('small', null, `, is cancelled at ${time(lra.deadline)}`)),
        h('td', null, operator && h('div', { className: 'saga-buttons' }, offered(lra).map(name =>
          h('button', { key: name, className: 'saga-button', 'aria-label': `${LRA_ACTIONS[name].label}: ${lra.id}`,
            onClick: () => act(lra, name) }, LRA_ACTIONS[name].label))))))));
  }

  return function Lras({ access, moves }) {
    const status = address().get('status') || '';
    const after = address().get('after');
    const [page, setPage] = useState(null);
    const [problem, setProblem] = useState('');
    const [asked, setAsked] = useState(null);
    const turns = useRef(0);
    const load = useCallback(async () => {
      const turn = ++turns.current;
      const [found, failure] = await api.lraPage(status, after).then(lines => [lines, ''], refused => [null, refused.message]);
      if (turn === turns.current) {
        setProblem(failure);
        setPage(known => found || known);
      }
    }, [status, after]);
    useEffect(() => {
      setPage(null);
      load();
      const again = setInterval(load, EVERY); // nobody tells when an LRA of somebody else changes
      return () => { turns.current++; clearInterval(again); };
    }, [load]);
    const go = values => {
      history.pushState(history.state, '', addressWith(values));
      moves();
    };
    const action = asked && LRA_ACTIONS[asked.name];
    return h(React.Fragment, null,
      h('p', null, h('a', { href: linkToView(''), 'data-saga': '' }, '← All sagas')),
      h('h1', null, 'LRAs of others'),
      problem && h('p', { role: 'alert', className: 'saga-problem' }, problem),
      h('form', { className: 'saga-filters', role: 'search', onSubmit: e => e.preventDefault() },
        h('label', null, 'Status ', h('select', { name: 'status', value: status, onChange: e => go({ status: e.target.value, after: '' }) },
          h('option', { value: '' }, 'any'), LRA_STATUSES.map(name => h('option', { key: name }, name))))),
      page && (page.lines.length
        ? h(List, { lras: page.lines, operator: access.operator, act: (lra, name) => setAsked({ lra, name }) })
        : h('p', { role: 'status' }, 'There is no such LRA.')),
      page && h('nav', { className: 'saga-buttons', 'aria-label': 'Pages' },
        h('button', { className: 'saga-button', disabled: !after, onClick: () => go({ after: '' }) }, '← First'),
        h('span', { role: 'status' }, `${page.total.toLocaleString()} LRAs`),
        h('button', { className: 'saga-button', disabled: !page.next, onClick: () => go({ after: page.next }) }, 'Next →')),
      action && h(Ask, { label: action.label, warns: action.says, of: asked.lra.id, where: "the application's log", access,
        send: (who, reason) => api.actOnLra(asked.lra.id, asked.name, who, reason),
        close: () => setAsked(null), done: () => { setAsked(null); load(); } }));
  };
}
