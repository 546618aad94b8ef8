// axe on every screen in every state, light and dark, narrow and wide; and nothing wider than a small phone.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { newPassword, somebody } from '../fixtures/person';
import { alive, slide } from '../fixtures/slider';
import { codeOf } from '../fixtures/smtp';
import { expect, test } from '../fixtures/test';
import { count } from '../fixtures/words';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const widths = [320, 1280];

type Look = (page: Page, state: string) => Promise<void>;

/** How a screen is looked at as it is now: in these colours, at both widths. */
function lookIn(schemes: ('light' | 'dark')[]): Look {
  return async (page, state) => {
    for (const width of widths) {
      await page.setViewportSize({ width, height: 800 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect.soft(wide, `${state} scrolls sideways at ${width} px`).toBeLessThanOrEqual(0);
      for (const colorScheme of schemes) {
        await page.emulateMedia({ colorScheme });
        const found = await new AxeBuilder({ page }).withTags(rules).analyze();
        const violations = found.violations.map(({ id, help, nodes }) => ({
          id,
          help,
          where: nodes.map((node) => `${node.target.join(' ')}: ${node.any[0]?.message ?? node.all[0]?.message ?? ''}`),
        }));
        expect.soft(violations, `${state}, ${colorScheme}, ${width} px`).toEqual([]);
      }
    }
  };
}

/** Small targets are hard to hit (WCAG 2.2, 2.5.8): axe overlooks some, so here they are measured. */
async function targetsAreLarge(page: Page, state: string): Promise<void> {
  await page.setViewportSize({ width: 320, height: 800 });
  const small = await page.evaluate(() => {
    const targets = [...document.querySelectorAll<HTMLElement>('button, .button, input:not([type=hidden]), summary, [role=slider]')];
    return targets
      .filter((target) => target.checkVisibility() && !target.closest('.unseen'))
      .filter((target) => {
        // The label of a tick box is part of it.
        const { width, height } = (target.closest('label') ?? target).getBoundingClientRect();
        return width < 24 || height < 24;
      })
      .map((target) => target.outerHTML.slice(0, 120));
  });
  expect.soft(small, `small targets on ${state}`).toEqual([]);
}

for (const locale of ['en-GB', 'ru-RU']) {
  test.describe(locale, () => {
    test.use({ locale });
    test.setTimeout(120_000);
    // Colours do not depend on the language, but words do: other languages are longer.
    const look = lookIn(locale === 'en-GB' ? ['light', 'dark'] : ['light']);

    test('signing in', async ({ page, shopper }) => {
      const { sign_in } = shopper.words;
      const person = somebody();
      await page.goto('/sign-in');
      await alive(page);
      await look(page, 'sign-in');
      await targetsAreLarge(page, 'sign-in');
      for (const state of ['refused', 'refused twice']) {
        await shopper.signIn(person, 'not the password');
        await expect(shopper.alert).toBeVisible();
        await look(page, state);
      }
      await expect(shopper.link(sign_in.offer_recovery)).toBeVisible();
      await shopper.isSignedIn(person);
      await shopper.signOut();
      await expect(page.getByText(sign_in.signed_out)).toBeVisible();
      await look(page, 'signed out');
    });

    test('registering', async ({ page, shopper, smtp }) => {
      const { fields, register, errors } = shopper.words;
      const person = somebody();
      await page.goto('/register');
      await alive(page);
      await look(page, 'register');
      await targetsAreLarge(page, 'register');
      await shopper.field(fields.login).fill('a');
      await shopper.field(fields.email).fill('anna@mail');
      await shopper.field(fields.password).fill('short');
      await slide(page, 'click');
      await shopper.press(register.submit);
      await expect(shopper.alert).toContainText(errors.check_fields);
      await expect(shopper.field(fields.login)).toHaveAccessibleDescription(new RegExp(errors.login_too_short));
      await look(page, 'register refused');
      await shopper.askForAccount(person);
      await look(page, 'register/code');
      const code = codeOf(await smtp.letterTo(person.email, 'confirm-address'));
      await shopper.confirm(code === '000000' ? '000001' : '000000');
      await expect(shopper.alert).toBeVisible();
      await look(page, 'register/code refused');
    });

    test('recovering', async ({ page, shopper, server }) => {
      const { fields, recovery, errors, code, ui } = shopper.words;
      const person = somebody();
      await server.makeAccount(person);
      await page.goto('/recover');
      await alive(page);
      await look(page, 'recover');
      await targetsAreLarge(page, 'recover');
      await shopper.field(fields.identifier).fill(person.email);
      await slide(page, 'end key');
      await look(page, 'recover, verified');
      await shopper.press(recovery.go_on);
      await shopper.isAt('/recover/method', recovery.method_title);
      await look(page, 'recover/method');
      await targetsAreLarge(page, 'recover/method');
      await shopper.askForCode();
      await page.getByText(code.not_received).click();
      await expect(page.getByText(code.help_junk)).toBeVisible();
      await look(page, 'recover/code with help');
      await targetsAreLarge(page, 'recover/code');
      const right = await shopper.recoveryCode(person);
      await shopper.confirm(right === '000000' ? '000001' : '000000');
      await expect(shopper.alert).toContainText(count(shopper.language, errors.code_wrong, 4));
      await look(page, 'recover/code refused');
      await shopper.confirm(right);
      await shopper.isAt('/recover/password', recovery.password_title);
      await alive(page);
      await shopper.field(fields.new_password).fill('something');
      await shopper.field(fields.new_password_again).fill('else');
      await expect(page.getByText(ui.they_differ)).toBeVisible();
      await look(page, 'recover/password');
      await targetsAreLarge(page, 'recover/password');
      await shopper.press(recovery.update_password);
      await expect(shopper.alert).toBeVisible();
      await look(page, 'recover/password refused');
      await alive(page);
      const password = newPassword();
      await shopper.field(fields.new_password).fill(password);
      await shopper.field(fields.new_password_again).fill(password);
      await expect(page.getByText(ui.they_match)).toBeVisible();
      await look(page, 'recover/password, the same');
      await shopper.chooseNewPassword(password);
      await look(page, 'recover/done');
      await targetsAreLarge(page, 'recover/done');
    });

    test('the account', async ({ page, shopper }) => {
      const { fields, password, errors } = shopper.words;
      const person = somebody();
      await shopper.isSignedIn(person);
      await look(page, 'account');
      await targetsAreLarge(page, 'account');
      await page.goto('/account/profile');
      await look(page, 'profile');
      await page.goto('/account/profile/password');
      await alive(page);
      await look(page, 'profile/password');
      await targetsAreLarge(page, 'profile/password');
      const change = async (old: string) => {
        await shopper.field(fields.old_password).fill(old);
        await shopper.field(fields.new_password).fill('violet kettle, twice');
        await shopper.field(fields.new_password_again).fill('violet kettle, twice');
        await shopper.press(password.save);
      };
      await change('not the password');
      await expect(shopper.alert).toContainText(errors.old_password_wrong);
      await look(page, 'profile/password refused');
      await change(person.password);
      await expect(page.getByText(password.changed)).toBeVisible();
      await look(page, 'profile/password changed');
    });

    test.describe('nothing there', () => {
      test.use({ complaints: [/status of 404/] });

      test('404', async ({ page, shopper }) => {
        expect((await page.goto('/no-such-page'))?.status()).toBe(404);
        await shopper.isAt('/no-such-page', shopper.words.error_page.not_found);
        await look(page, '404');
        // The development mailbox is gone as soon as there is a mail server.
        expect((await page.goto('/dev/mail'))?.status()).toBe(404);
      });
    });

    test.describe('with limits', () => {
      test.use({ settings: { LATCHKEY_LIMITS: 'on' } });

      test('code with countdown', async ({ page, shopper, server }) => {
        const person = somebody();
        await server.makeAccount(person);
        await shopper.askForRecovery(person.login);
        await shopper.askForCode();
        await expect(shopper.button(shopper.words.code.get_code)).toBeDisabled();
        await look(page, 'recover/code with countdown');
      });
    });

    test.describe('without a mail server', () => {
      test.use({ settings: { LATCHKEY_SMTP_URL: undefined } });

      test('the development mailbox', async ({ page, shopper }) => {
        await page.goto('/dev/mail');
        await look(page, 'dev/mail, empty');
        await shopper.askForAccount(somebody());
        await expect(async () => {
          await page.goto('/dev/mail');
          await expect(page.getByRole('article')).toHaveCount(1, { timeout: 500 });
        }).toPass();
        await look(page, 'dev/mail');
      });
    });
  });
}
