// Three workers of the application whose file is the first argument, as long as it runs.
const cluster = require('node:cluster');
const { pathToFileURL } = require('node:url');

if (cluster.isPrimary) {
  for (let i = 0; i < 3; i++) cluster.fork();
  cluster.on('exit', () => cluster.fork());
} else {
  import(pathToFileURL(process.argv[2]));
}
