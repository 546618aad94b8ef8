// axe on every page of the staff in every state, light and dark, narrow and wide; and nothing wider than a small
// phone.
import { checkIn, targetsAreLarge } from '../fixtures/page-check';
import { newPerson } from '../fixtures/person';
import { waitForHydration } from '../fixtures/slider';
import { codeOf } from '../fixtures/smtp';
import { expect, test } from '../fixtures/test';

for (const locale of ['en-GB', 'ru-RU']) {
  test.describe(locale, () => {
    test.use({ locale });
    test.setTimeout(120_000);
    // Colours do not depend on the language, but layout does: text in other languages is longer.
    const look = checkIn(locale === 'en-GB' ? ['light', 'dark'] : ['light']);

    test('signing in as staff, and the list of the staff', async ({ page, shopper, server, smtp }) => {
      const { code, errors, fields, staff } = shopper.words;
      const person = newPerson();
      await server.makeAccount(person, 'admin');
      await shopper.signIn(person);
      await shopper.isAt('/sign-in/code', code.title);
      await waitForHydration(page);
      await look(page, 'sign-in/code');
      await targetsAreLarge(page, 'sign-in/code');
      await shopper.confirm(codeOf(await smtp.emailTo(person.email, 'staff-code')));
      await shopper.isAt('/account');
      await look(page, 'account of staff');
      await page.goto(`/operator/staff?lang=${shopper.language}`);
      await shopper.isAt('/operator/staff', staff.title);
      await look(page, 'operator/staff');
      await targetsAreLarge(page, 'operator/staff');
      await shopper.field(fields.login).fill(person.login);
      await shopper.press(staff.give);
      await shopper.prove(person.password);
      await shopper.press(staff.give);
      await expect(shopper.alert).toContainText(errors.role_own);
      await look(page, 'operator/staff refused');
    });

    test.describe('on a server of its own', () => {
      // Nobody else waits in the queue of this server. The refused answer is one that the page posted.
      test.use({ settings: {}, complaints: [/status of 422/] });

      test('the console', async ({ page, shopper, another }) => {
        const { console: desk, operator: t, support } = shopper.words;
        await shopper.isStaff(newPerson(), 'operator');
        const guest = await another();
        for (const words of ['Where is my parcel?', 'Longwordwithoutend'.repeat(18)]) {
          await guest.startAfresh();
          await guest.page.goto('/support');
          await guest.waitForHydration();
          await guest.page.locator('textarea[name=message]').fill(words);
          await guest.press(support.send);
          await expect(guest.page.getByRole('log')).toContainText(words);
        }
        await page.goto('/operator');
        await shopper.isAt('/operator', desk.conversations);
        await waitForHydration(page);
        await look(page, 'operator');
        await targetsAreLarge(page, 'operator');
        // Two side by side, with all sections open.
        const waiting = page.locator('#queue .waiting a');
        for (const number of [1, 2]) {
          await waiting.nth(number - 1).click();
          await expect(page.locator('.pane')).toHaveCount(number);
        }
        await waitForHydration(page);
        await page.locator('.pane summary').evaluateAll((all) => all.forEach((one) => one.closest('details')?.setAttribute('open', '')));
        await look(page, 'operator, two open');
        await targetsAreLarge(page, 'operator, two open');
        await shopper.press(page.getByRole('button', { name: t.send, exact: true }).first());
        await expect(shopper.alert.first()).toBeVisible();
        await look(page, 'operator, refused');
        await page.goto('/operator/answers');
        await shopper.isAt('/operator/answers', desk.answers);
        await look(page, 'operator/answers');
        await targetsAreLarge(page, 'operator/answers');
        await page.goto('/operator/numbers');
        await shopper.isAt('/operator/numbers', desk.numbers);
        await look(page, 'operator/numbers');
        await page.goto('/operator/assisted');
        await shopper.isAt('/operator/assisted', shopper.words.assisted.list_title);
        await look(page, 'operator/assisted');
      });
    });
  });
}
