// What Hawtio loads: a container in the form of Webpack's Module Federation, written by hand, so that the tab needs no
// build. React and Hawtio's own library are taken from the console.
(function () {
  const base = document.currentScript.src.replace(/[^/]*$/, '');
  let shared;

  async function take(name) {
    const versions = shared[name];
    const newest = Object.keys(versions).sort().pop();
    return (await versions[newest].get())();
  }

  async function load() {
    const [React, router, hawtio, { createTab }] = await Promise.all([
      take('react'),
      take('react-router-dom'),
      take('@hawtio/react'),
      import(base + 'sagas.js'),
    ]);
    const style = document.createElement('link');
    style.rel = 'stylesheet';
    style.href = base + 'sagas.css';
    document.head.appendChild(style);
    return {
      plugin: () =>
        hawtio.hawtio.addPlugin({
          id: 'sagas',
          title: 'Sagas',
          path: '/sagas',
          order: -10,
          component: createTab(React, router, hawtio),
          isActive: async () => true,
        }),
    };
  }

  window.caravanSagas = {
    init: scope => {
      shared = scope;
    },
    get: async () => {
      const module = await load();
      return () => module;
    },
  };
})();
