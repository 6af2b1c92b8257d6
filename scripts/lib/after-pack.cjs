// electron-builder keeps Electron's default app when the Electron it packs is a folder; a packed app has no use for it.
const { rmSync } = require('node:fs');
const { join } = require('node:path');

exports.default = async (context) => {
  rmSync(join(context.packager.getResourcesDir(context.appOutDir), 'default_app.asar'), { force: true });
};
