// Who did what, with all sagas: acts of operators, and payloads that were read.
import * as api from './api.js';
import { ACTS, address, addressWith, linkTo, linkToView, time } from './words.js';

const MOST = 500;

export function createActs(React, Typed) {
  const { useEffect, useState } = React;
  const h = React.createElement;

  return function Acts({ moves }) {
    const query = address();
    const filters = { who: query.get('who') || '', act: query.get('act') || '', saga: query.get('of') || '' };
    const asked = JSON.stringify(filters);
    const [list, setList] = useState(null);
    const [problem, setProblem] = useState('');
    useEffect(() => {
      let isShown = true;
      api.whoDidWhat(JSON.parse(asked), MOST).then(
        found => isShown && (setList(found), setProblem('')), failure => isShown && setProblem(failure.message));
      return () => { isShown = false; };
    }, [asked]);
    const go = values => {
      history.replaceState(history.state, '', addressWith(values));
      moves();
    };
    const text = (name, label, parameter) => h(Typed, { name, label, value: filters[name], choose: typed => go({ [parameter]: typed }) });
    return h(React.Fragment, null,
      h('p', null, h('a', { href: linkToView(''), 'data-saga': '' }, '← All sagas')),
      h('h1', null, 'Who did what'),
      problem && h('p', { role: 'alert', className: 'saga-problem' }, problem),
      h('form', { className: 'saga-filters', role: 'search', onSubmit: e => e.preventDefault() },
        text('who', 'Who', 'who'),
        h('label', null, 'Act ', h('select', { name: 'act', value: filters.act, onChange: e => go({ act: e.target.value }) },
          h('option', { value: '' }, 'any'), ACTS.map(name => h('option', { key: name }, name)))),
        text('saga', 'Saga', 'of')),
      list && h('p', { role: 'status' }, `${list.lines.length < MOST ? '' : 'The latest '}${list.lines.length} acts${list.since ? ` since ${time(list.since)}` : ''}. `,
        h('a', { href: api.actsExportOf(filters, 'csv'), download: '' }, 'CSV'), ' ',
        h('a', { href: api.actsExportOf(filters, 'jsonl'), download: '' }, 'JSON lines')),
      list && h('table', { className: 'saga-table saga-acts' },
        h('thead', null, h('tr', null, ['When', 'Who', 'Act', 'Saga', 'Step', 'Why', 'State'].map(name => h('th', { key: name, scope: 'col' }, name)))),
        h('tbody', null, list.lines.map((act, index) => h('tr', { key: index },
          h('td', { 'data-label': 'When' }, time(act.at)),
          h('td', { 'data-label': 'Who' }, act.who || ''),
          h('td', { 'data-label': 'Act' }, act.act),
          h('th', { scope: 'row', 'data-label': 'Saga' }, h('a', { href: linkTo(act.sagaId), 'data-saga': '' }, act.sagaId)),
          h('td', { 'data-label': 'Step' }, act.step || ''),
          h('td', { 'data-label': 'Why' }, act.reason || ''),
          h('td', { 'data-label': 'State' }, [act.state, act.refusal].filter(Boolean).join(': ')))))));
  };
}
