export default {
  // Bundled, it would not find its native part, and write files through the `file` backend.
  serverExternalPackages: ['prom-multiproc'],
};
