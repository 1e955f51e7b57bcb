// The tab Sagas: what needs a person first, all sagas in numbers, a list that is alive, and one saga.
import * as api from './api.js';
import { createSaga } from './saga.js';
import { ATTENTION, STATUSES, duration, linkTo, since, time, waiting } from './words.js';

const NO_FILTERS = { status: '', name: '', text: '', olderThan: '', attention: '' };
const AGES = [['', 'any age'], ['1m', 'older than 1 minute'], ['5m', 'older than 5 minutes'], ['1h', 'older than 1 hour'], ['1d', 'older than 1 day']];

export function createTab(React, router, hawtio) {
  const { useCallback, useEffect, useRef, useState } = React;
  const h = React.createElement;
  const Saga = createSaga(React, router, hawtio);

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

  function Filters({ overview, filters, choose }) {
    const set = name => changed => choose({ ...filters, [name]: changed.target.value });
    return h('form', { className: 'saga-filters', role: 'search', onSubmit: e => e.preventDefault() },
      h('label', null, 'Id or key ', h('input', { type: 'search', name: 'text', value: filters.text, onChange: set('text') })),
      h('label', null, 'Name ', h('select', { name: 'name', value: filters.name, onChange: set('name') },
        h('option', { value: '' }, 'any'), overview.names.map(name => h('option', { key: name }, name)))),
      h('label', null, 'Age ', h('select', { name: 'olderThan', value: filters.olderThan, onChange: set('olderThan') },
        AGES.map(([value, label]) => h('option', { key: value, value }, label)))),
      h('button', { type: 'button', className: 'saga-button', onClick: () => choose(NO_FILTERS) }, 'Clear'));
  }

  function List({ page }) {
    return h('table', { className: 'saga-table saga-list' },
      h('caption', null, 'Sagas, those that need attention first'),
      h('thead', null, h('tr', null, ['Status', 'Name', 'Key', 'Started', 'Took', 'Why'].map(name => h('th', { key: name, scope: 'col' }, name)))),
      h('tbody', null, page.lines.map(saga => h('tr', { key: saga.sagaId, className: saga.attention ? 'saga-attention' : '' },
        h('td', { 'data-label': 'Status' }, h('span', { className: `saga-status saga-status-${saga.status}`, title: ATTENTION[saga.attention] || '' }, saga.status)),
        h('td', { 'data-label': 'Name' }, saga.name, saga.parent && h('a', { href: linkTo(saga.parent), title: `within saga ${saga.parent}` }, ' ↳')),
        h('th', { scope: 'row', 'data-label': 'Key' }, h('a', { href: linkTo(saga.sagaId), title: saga.sagaId }, saga.key || saga.sagaId)),
        h('td', { 'data-label': 'Started' }, time(saga.startedAt)),
        h('td', { 'data-label': 'Took' }, duration(since(saga.startedAt, saga.updatedAt))),
        h('td', { 'data-label': 'Why' }, saga.trouble || saga.reason || waiting(saga))))));
  }

  function Pager({ page, number, back, forward }) {
    return h('nav', { className: 'saga-buttons', 'aria-label': 'Pages' },
      h('button', { className: 'saga-button', disabled: number === 0, onClick: back }, '← Back'),
      h('span', { role: 'status' }, `Page ${number + 1}, ${page.total.toLocaleString()} sagas`),
      h('button', { className: 'saga-button', disabled: !page.next, onClick: forward }, 'Next →'));
  }

  function State({ overview, access }) {
    const behind = overview.lag ? `${overview.lag.toLocaleString()} records behind the saga log` : 'up to date with the saga log';
    return h('p', { className: 'saga-state' },
      overview.caughtUp ? `The list is ${behind}.` : `The saga log is being read: ${behind}.`,
      overview.forgotten ? ` ${overview.forgotten.toLocaleString()} sagas that ended are not in the list.` : '',
      access.user && h(React.Fragment, null, ` You are ${access.user}. `, h('a', { href: api.logoutPage }, 'Log out')));
  }

  function Sagas({ access }) {
    const [filters, setFilters] = useState(NO_FILTERS);
    const [pages, setPages] = useState([null]);
    const [page, setPage] = useState(null);
    const [overview, setOverview] = useState(null);
    const [problem, setProblem] = useState('');
    const asked = useRef(0);
    const load = useCallback(async () => {
      const turn = ++asked.current;
      try {
        const [numbers, lines] = await Promise.all([api.overview(), api.page(filters, pages[pages.length - 1])]);
        if (turn === asked.current) {
          setOverview(numbers);
          setPage(lines);
          setProblem('');
        }
      } catch (failure) {
        setProblem(failure.message);
      }
    }, [filters, pages]);
    useEffect(() => { load(); }, [load]);
    useEffect(() => {
      let waiting = null;
      const stop = api.listen(() => {
        waiting = waiting || setTimeout(() => { waiting = null; load(); }, 500);
      });
      return () => { stop(); clearTimeout(waiting); };
    }, [load]);
    const choose = chosen => { setFilters(chosen); setPages([null]); };
    return h(React.Fragment, null,
      h('h1', null, 'Sagas'),
      problem && h('p', { role: 'alert', className: 'saga-problem' }, problem),
      overview && page && h(React.Fragment, null,
        h(Numbers, { overview, filters, choose }),
        h(Filters, { overview, filters, choose }),
        page.lines.length ? h(List, { page }) : h('p', { role: 'status' }, 'There is no such saga.'),
        h(Pager, { page, number: pages.length - 1,
          back: () => setPages(pages.slice(0, -1)),
          forward: () => setPages([...pages, page.next]) }),
        h(State, { overview, access })));
  }

  const chosen = () => decodeURIComponent(location.hash.slice(1));

  return function Tab() {
    const [id, setId] = useState(chosen());
    const [access, setAccess] = useState({ user: null, operator: false });
    const [problem, setProblem] = useState('');
    useEffect(() => {
      const moved = () => setId(chosen());
      window.addEventListener('hashchange', moved);
      api.access().then(setAccess, failure => setProblem(failure.message));
      return () => window.removeEventListener('hashchange', moved);
    }, []);
    return h('main', { className: 'sagas' },
      problem && h('p', { role: 'alert', className: 'saga-problem' }, problem),
      id ? h(Saga, { id, access }) : h(Sagas, { access }));
  };
}
