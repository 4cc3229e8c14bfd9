// The pages everybody can read, on a gateway that holds nothing yet.
import { test } from 'node:test';
import { stage } from './support.mjs';

const here = stage();

for (const scripts of [true, false]) {
  test(`an empty gateway explains itself ${scripts ? 'with' : 'without'} scripts`, async () => {
    const anybody = await here.visitor({ scripts });
    for (const path of ['/', '/about', '/accessibility']) await anybody.open(path);
    await anybody.open('/nowhere', 404);
    await anybody.reads('not found');
    await anybody.close();
  });
}
