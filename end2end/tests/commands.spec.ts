// Commands that the shop runs while the server runs.
import { newPerson } from '../fixtures/person';
import { expect, test } from '../fixtures/test';

test('disabled, enabled, signed out and deleted on the command line', async ({ shopper, server, smtp, page }) => {
  const person = newPerson();
  await shopper.isSignedIn(person);

  expect(await server.run(['account', 'disable', person.login])).toContain('disabled');
  await page.goto('/account');
  await shopper.isAt('/sign-in');
  await shopper.signIn(person);
  await expect(shopper.alert).toContainText(shopper.words.errors.bad_credentials);

  // By its address, too.
  expect(await server.run(['account', 'enable', person.email])).toContain('enabled');
  await shopper.signIn(person);
  await shopper.isAt('/account');
  await expect(page.getByText(shopper.words.events.state_changed).first()).toBeVisible();

  expect(await server.run(['account', 'end-sessions', person.login])).toContain('sessions ended: 1');
  await page.goto('/account');
  await shopper.isAt('/sign-in');

  expect(await server.run(['account', 'delete', person.login])).toContain('deleted');
  await smtp.emailTo(person.email, 'deletion-done');
  await shopper.signIn(person);
  await expect(shopper.alert).toContainText(shopper.words.errors.bad_credentials);
  await expect(server.run(['account', 'delete', person.login])).rejects.toThrow('there is no account');
});
