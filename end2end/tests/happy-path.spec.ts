import { onEveryDevice } from '../fixtures/variants';
import { newPerson } from '../fixtures/person';
import { test } from '../fixtures/test';
import { happyPath } from '../fixtures/happy-path';

onEveryDevice(() => {
  test('register, forget the password, recover, sign in', async ({ shopper, smtp }) => {
    await happyPath(shopper, smtp, newPerson());
  });
});
