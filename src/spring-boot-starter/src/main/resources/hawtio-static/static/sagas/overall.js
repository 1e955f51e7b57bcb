// The map of all sagas of a name: how many are where, how long each step takes, and how often it fails.
import * as api from './api.js';
import { addressWith, duration, linkToView, time } from './words.js';

const percent = rate => (rate === undefined ? '' : `${(100 * rate).toFixed(rate < 0.1 ? 1 : 0)} % fail`);

/** The steps in order, each with its versions, and with those sagas that are there. */
export function placesOf({ steps, where }) {
  const names = [...new Set(steps.map(({ step }) => step))];
  return names.map(name => ({
    name,
    versions: steps.filter(({ step }) => step === name),
    here: where.filter(group => group.step === name && group.status !== 'COMPENSATED' && group.status !== 'COMPLETED'),
  }));
}

export function createOverall(React, connection) {
  const { useCallback, useEffect, useState } = React;
  const h = React.createElement;
  const linkTo = (name, { status, application, step, code }) => addressWith({
    view: '', name, status, application: application || '-', step: step || '-', code: code || '-', attention: '' });

  function Group({ name, group }) {
    return h('a', { href: linkTo(name, group), 'data-saga': '', title: group.says || '' },
      `${group.count.toLocaleString()} ${group.status}`, group.code && `, ${group.code}`);
  }

  function Version({ figure }) {
    const outcomes = figure.succeeded + figure.rejected + figure.unknown + figure.timedOut;
    const facts = [
      `${figure.succeeded.toLocaleString()} of ${outcomes.toLocaleString()} succeeded`,
      percent(figure.failureRate),
      figure.p50Millis !== undefined
        && `half within ${duration(figure.p50Millis)}, 95 % within ${duration(figure.p95Millis)}, 99 % within ${duration(figure.p99Millis)}`,
      figure.undone > 0 && `${figure.undone.toLocaleString()} undone`,
      figure.givenUp > 0 && `${figure.givenUp.toLocaleString()} given up`,
    ].filter(Boolean);
    return h('small', null, figure.version && h('b', null, `version ${figure.version}: `), facts.join(', '));
  }

  function Place({ name, place }) {
    const failed = place.here.some(group => group.status === 'FAILED');
    return h('li', { className: `saga-place saga-place-${failed ? 'failed' : place.here.length ? 'running' : 'done'}` },
      h('b', null, place.name),
      place.here.map(group => h('span', { key: `${group.status} ${group.application} ${group.code}` }, h(Group, { name, group }))),
      place.versions.map(figure => h(Version, { key: figure.version || '', figure })));
  }

  function Where({ name, where }) {
    return h('table', { className: 'saga-table' },
      h('caption', null, 'Where they are, or what they were undone for'),
      h('thead', null, h('tr', null, ['Sagas', 'Step', 'Code', 'Oldest', 'Newest'].map(title => h('th', { key: title, scope: 'col' }, title)))),
      h('tbody', null, where.map(group => h('tr', { key: group.link },
        h('th', { scope: 'row', 'data-label': 'Sagas' }, h('a', { href: linkTo(name, group), 'data-saga': '' }, `${group.count.toLocaleString()} ${group.status}`)),
        h('td', { 'data-label': 'Step' }, group.step || ''),
        h('td', { 'data-label': 'Code' }, group.code || ''),
        h('td', { 'data-label': 'Oldest' }, time(group.oldest)),
        h('td', { 'data-label': 'Newest' }, time(group.newest))))));
  }

  return function Overall({ name }) {
    const [map, setMap] = useState(null);
    const [problem, setProblem] = useState('');
    const load = useCallback(
      () => api.map(name).then(found => { setMap(found); setProblem(''); }, failure => setProblem(failure.message)), [name]);
    useEffect(() => { setMap(null); load(); }, [load]);
    const lost = connection.useConnection(load, changed => changed.name === name);
    return h(React.Fragment, null,
      h('p', null, h('a', { href: linkToView(''), 'data-saga': '' }, '← Sagas')),
      lost && h(connection.Lost, { since: lost }),
      h('h1', null, `All sagas of ${name}`),
      problem && h('p', { role: 'alert', className: 'saga-problem' }, problem),
      map && h(React.Fragment, null,
        h('p', { className: 'saga-state' }, map.since ? `Steps are counted since ${time(map.since)}, as far as the saga log was read.` : 'No step was counted yet.',
          map.leftOut > 0 && ` ${map.leftOut.toLocaleString()} entries of steps were left out, because there are too many different ones.`),
        h('ol', { className: 'saga-map', 'aria-label': 'Steps' },
          placesOf(map).map(place => h(Place, { key: place.name, name, place }))),
        h(Where, { name, where: map.where })));
  };
}
