// The tab Sagas: what needs a person first, all sagas in numbers, a list that is alive, and one saga.
import * as api from './api.js';
import { createSaga } from './saga.js';
import { createBulk } from './bulk.js';
import { createActs } from './acts.js';
import { createLras } from './lras.js';
import { createOverall } from './overall.js';
import { createConnection } from './connection.js';
import { createFocus } from './focus.js';
import { createTyped } from './typed.js';
import { ATTENTION, STATUSES, address, addressWith, duration, isOver, linkTo, linkToView, localTime, since, time, waiting } from './words.js';

const MORE = { application: '', step: '', code: '', reason: '', from: '', to: '', key: '', version: '', attributes: '' };
const NO_FILTERS = { status: '', name: '', text: '', olderThan: '', attention: '', ...MORE };
const AGES = [['', 'any age'], ['1m', 'older than 1 minute'], ['5m', 'older than 5 minutes'], ['1h', 'older than 1 hour'], ['1d', 'older than 1 day']];

export function createTab(React, router, hawtio) {
  const { useCallback, useEffect, useRef, useState } = React;
  const h = React.createElement;
  const connection = createConnection(React);
  const bulk = createBulk(React);
  const Typed = createTyped(React);
  const Acts = createActs(React, Typed);
  const useKeptFocus = createFocus(React);
  const Lras = createLras(React, connection);
  const Overall = createOverall(React, connection);
  const Saga = createSaga(React, router, hawtio, connection);

  function Numbers({ overview, filters, choose }) {
    const toggle = (name, value) => choose({ ...NO_FILTERS, [name]: filters[name] === value ? '' : value });
    const number = (name, value, label, count, style) =>
      h('button', { key: label, className: `saga-number ${style}`, 'aria-pressed': filters[name] === value, onClick: () => toggle(name, value) },
        h('b', null, count.toLocaleString()), ' ', label);
    const attention = Object.values(overview.byAttention).reduce((sum, count) => sum + count, 0);
    return h('div', { className: 'saga-numbers', role: 'group', 'aria-label': 'Sagas by status' },
      number('attention', 'true', 'need attention', attention, attention ? 'saga-alarm' : ''),
      STATUSES.map(status => number('status', status, status, overview.byStatus[status], `saga-status-${status}`)));
  }

  /** What needs attention for the same cause; one click leads to all of it. */
  function Groups({ groups, filters, choose }) {
    if (!groups.length) {
      return null;
    }
    const causeOf = group => ({ status: group.status, application: group.application || '-', step: group.step || '-', code: group.code || '-' });
    const isChosen = cause => Object.entries(cause).every(([name, value]) => filters[name] === value);
    return h('ul', { className: 'saga-groups', 'aria-label': 'What needs attention, by cause' }, groups.map(group => {
      const cause = causeOf(group);
      const chosen = isChosen(cause);
      return h('li', { key: JSON.stringify(cause) },
        h('button', { className: `saga-group saga-status-${group.status}`, 'aria-pressed': chosen, title: group.says || '',
          onClick: () => choose(chosen ? NO_FILTERS : { ...NO_FILTERS, attention: 'true', ...cause }) },
          h('b', null, group.count.toLocaleString()), ` ${group.count === 1 ? 'saga' : 'sagas'} ${group.status}: `,
          [group.step, group.code].filter(Boolean).join(', ') || ATTENTION[group.attention]),
        h('small', null, ` since ${time(group.oldest)}`));
    }));
  }

  function Filters({ overview, filters, choose }) {
    const set = name => changed => choose({ ...filters, [name]: changed.target.value });
    const setTime = name => ({ target }) => choose({ ...filters, [name]: target.value && new Date(target.value).toISOString() });
    const typed = (name, label, placeholder) => h(Typed, { name, label, value: filters[name], placeholder,
      choose: text => choose({ ...filters, [name]: text }, true) });
    const at = (name, label) => h('label', null, label, ' ',
      h('input', { type: 'datetime-local', name, value: localTime(filters[name]), onChange: setTime(name) }));
    return h('form', { className: 'saga-filters', role: 'search', onSubmit: e => e.preventDefault() },
      typed('text', 'Id or key'),
      h('label', null, 'Name ', h('select', { name: 'name', value: filters.name, onChange: set('name') },
        h('option', { value: '' }, 'any'), overview.names.map(name => h('option', { key: name }, name)))),
      h('label', null, 'Age ', h('select', { name: 'olderThan', value: filters.olderThan, onChange: set('olderThan') },
        AGES.map(([value, label]) => h('option', { key: value, value }, label)))),
      h('button', { type: 'button', className: 'saga-button', onClick: () => choose(NO_FILTERS) }, 'Clear'),
      h('details', { open: Object.keys(MORE).some(name => filters[name]) || undefined },
        h('summary', null, 'By cause, time and business'),
        h('div', { className: 'saga-filters' },
          typed('step', 'Step'), typed('code', 'Code'), typed('reason', 'Words of the reason'), typed('application', 'Application'),
          at('from', 'Began from'), at('to', 'until'),
          typed('key', 'Key, all of it'), typed('version', 'Version'), typed('attributes', 'Attributes', 'customer=ann, amount.gt=100'))));
  }

  function why(saga) {
    const code = isOver(saga.status) && saga.code;
    const said = saga.trouble || saga.reason || waiting(saga);
    return (code || said) && h('span', null, code && h('b', null, code, ': '), said);
  }

  function List({ page, selected, select }) {
    const now = connection.useNow(page.lines.some(saga => !isOver(saga.status)));
    return h('table', { className: 'saga-table saga-list' },
      h('caption', null, 'Sagas, those that need attention first'),
      h('thead', null, h('tr', null, ['Status', 'Name', 'Key', 'Started', 'Took', 'Why'].map(name => h('th', { key: name, scope: 'col' }, name)),
        select && h('th', { scope: 'col' }, 'Select'))),
      h('tbody', null, page.lines.map(saga => h('tr', { key: saga.sagaId, className: saga.attention ? 'saga-attention' : '' },
        h('td', { 'data-label': 'Status' }, h('span', { className: `saga-status saga-status-${saga.status}`, title: ATTENTION[saga.attention] || '' }, saga.status)),
        h('td', { 'data-label': 'Name' }, saga.name, saga.parent && h('a', { href: linkTo(saga.parent), 'data-saga': '', title: `within saga ${saga.parent}` }, ' ↳')),
        h('th', { scope: 'row', 'data-label': 'Key' }, h('a', { href: linkTo(saga.sagaId), 'data-saga': '', title: saga.sagaId }, saga.key || saga.sagaId)),
        h('td', { 'data-label': 'Started' }, time(saga.startedAt)),
        h('td', { 'data-label': 'Took' }, duration(isOver(saga.status) ? since(saga.startedAt, saga.updatedAt) : Math.max(0, now - Date.parse(saga.startedAt)))),
        h('td', { 'data-label': 'Why' }, why(saga)),
        select && h('td', { 'data-label': 'Select' }, h('input', { type: 'checkbox', checked: selected.includes(saga.sagaId),
          'aria-label': `Select ${saga.key || saga.sagaId}`, onChange: e => select(saga.sagaId, e.target.checked) }))))));
  }

  function Pager({ page, filters, number, back, forward }) {
    const file = (format, label) => h('a', { href: api.exportOf(filters, format), download: '' }, label);
    return h('nav', { className: 'saga-buttons', 'aria-label': 'Pages' },
      h('button', { className: 'saga-button', disabled: number === 0, onClick: back }, '← Back'),
      h('span', { role: 'status' }, `Page ${number + 1}, ${page.total.toLocaleString()} sagas`),
      h('button', { className: 'saga-button', disabled: !page.next, onClick: forward }, 'Next →'),
      h('span', null, 'As a file: ', file('csv', 'CSV'), ' ', file('jsonl', 'JSON lines')));
  }

  function State({ overview, access }) {
    const behind = overview.lag ? `${overview.lag.toLocaleString()} records behind the saga log` : 'up to date with the saga log';
    return h('p', { className: 'saga-state' },
      overview.caughtUp ? `The list is ${behind}.` : `The saga log is being read: ${behind}.`,
      overview.forgotten ? ` ${overview.forgotten.toLocaleString()} sagas that ended are not in the list.` : '',
      access.user && h(React.Fragment, null, ` You are ${access.user}. `, h('a', { href: api.logoutPage }, 'Log out')));
  }

  /** What is shown is in the address: the filters, and after which saga the page begins. */
  function shown() {
    const query = address();
    return {
      filters: Object.fromEntries(Object.keys(NO_FILTERS).map(name => [name, query.get(name) || ''])),
      after: query.get('after'),
      number: Number(query.get('page')) || 1,
    };
  }

  function Sagas({ access, moves }) {
    const { filters, after, number } = shown();
    const where = JSON.stringify([filters, after]);
    const [page, setPage] = useState(null);
    const [overview, setOverview] = useState(null);
    const [groups, setGroups] = useState([]);
    const [problem, setProblem] = useState('');
    const [selected, setSelected] = useState([]);
    const [acts, setActs] = useState([]);
    const asked = useRef(0);
    const heading = useRef(null);
    useKeptFocus(heading);
    const load = useCallback(async () => {
      const turn = ++asked.current;
      try {
        const numbers = api.overview().then(found => turn === asked.current && setOverview(found));
        const [lines, causes] = await Promise.all([api.page(filters, after), api.groups({ name: filters.name }), numbers]);
        if (turn === asked.current) {
          setPage(lines);
          setGroups(causes);
          setProblem('');
        }
      } catch (failure) {
        if (turn === asked.current) {
          setProblem(failure.message);
        }
      }
    }, [where]);
    useEffect(() => { load(); }, [load]);
    useEffect(() => setSelected([]), [JSON.stringify(filters)]);
    const select = (id, chosen) => setSelected(chosen ? [...selected, id] : selected.filter(other => other !== id));
    const begun = act => { setSelected([]); setActs([...acts, act.id]); };
    const lost = connection.useConnection(load);
    const go = (values, replace) => {
      history[replace ? 'replaceState' : 'pushState'](history.state, '', addressWith(values));
      moves();
    };
    const choose = (chosen, replace) => go({ ...chosen, after: '', page: '' }, replace);
    return h(React.Fragment, null,
      h('h1', { ref: heading, tabIndex: -1 }, 'Sagas'),
      h('p', null, h('a', { href: linkToView('acts'), 'data-saga': '' }, 'Who did what'),
        access.lras && ' · ', access.lras && h('a', { href: linkToView('lras'), 'data-saga': '' }, 'LRAs of others')),
      lost ? h(connection.Lost, { since: lost }) : problem && h('p', { role: 'alert', className: 'saga-problem' }, problem),
      overview && h(React.Fragment, null, h(Numbers, { overview, filters, choose }), h(Filters, { overview, filters, choose })),
      overview && page && h(React.Fragment, null,
        filters.name && h('p', null, h('a', { href: addressWith({ view: 'map', after: '', page: '' }), 'data-saga': '' }, `Map of all sagas of ${filters.name}`)),
        h(Groups, { groups, filters, choose }),
        access.operator && h(bulk.Acts, { begun: acts, access, heard: overview }),
        h(bulk.Offer, { filters, selected, total: page.total, access, begun }),
        page.lines.length ? h(List, { page, selected, select: access.operator && select }) : h('p', { role: 'status' }, 'There is no such saga.'),
        h(Pager, { page, filters, number: number - 1,
          back: () => history.back(),
          forward: () => go({ after: page.next, page: number + 1 }) }),
        !lost && h(State, { overview, access })));
  }

  /** Old links have the saga behind a #. */
  const chosen = () => address().get('saga') || decodeURIComponent(location.hash.slice(1));

  return function Tab() {
    const [, setMoves] = useState(0);
    const [access, setAccess] = useState({ user: null, operator: false });
    const [problem, setProblem] = useState('');
    const moves = useCallback(() => setMoves(count => count + 1), []);
    useEffect(() => {
      const events = ['hashchange', 'popstate'];
      events.forEach(event => window.addEventListener(event, moves));
      api.access().then(setAccess, failure => setProblem(failure.message));
      return () => events.forEach(event => window.removeEventListener(event, moves));
    }, [moves]);
    const id = chosen();
    return h('main', { className: 'sagas', onClick: event => follow(event, moves) },
      problem && h('p', { role: 'alert', className: 'saga-problem' }, problem),
      id ? h(Saga, { id, access, moves })
        : address().get('view') === 'acts' ? h(Acts, { moves })
        : address().get('view') === 'lras' ? h(Lras, { access, moves })
        : address().get('view') === 'map' ? h(Overall, { name: address().get('name') || '' }) : h(Sagas, { access, moves }));
  };
}

/** A link to a saga or to the list leads there without the page being loaded anew. */
function follow(event, moves) {
  const link = event.target.closest('a[data-saga]');
  if (link && !event.defaultPrevented && event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
    event.preventDefault();
    history.pushState(history.state, '', link.href);
    moves();
  }
}
