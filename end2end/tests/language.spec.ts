import { newPerson } from '../fixtures/person';
import { waitForHydration, slide } from '../fixtures/slider';
import { codeOf } from '../fixtures/smtp';
import { expect, test } from '../fixtures/test';
import { beginning, say, words } from '../fixtures/words';

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with script' : 'without script', () => {
    test.use({ javaScriptEnabled });

    test('the switch keeps the step and what was typed, but no password', async ({ page, shopper }) => {
      const person = newPerson();
      const { fields } = words.en;
      await page.goto('/register?next=%2Faccount%2Fprofile');
      await shopper.field(fields.login).fill(person.login);
      await shopper.field(fields.email).fill(person.email);
      await shopper.field(fields.password).fill(person.password);
      await shopper.press('Русский');

      await expect(page.locator('html')).toHaveAttribute('lang', 'ru');
      await expect(page).toHaveURL(/\/register\?next=%2Faccount%2Fprofile$/);
      await expect(shopper.field(words.ru.fields.login)).toHaveValue(person.login);
      await expect(shopper.field(words.ru.fields.email)).toHaveValue(person.email);
      await expect(shopper.field(words.ru.fields.password)).toHaveValue('');
      // A form that was not sent reports no errors.
      await expect(shopper.alert).toHaveCount(0);

      await shopper.press('English');
      await expect(page.locator('html')).toHaveAttribute('lang', 'en');
      await expect(shopper.field(fields.email)).toHaveValue(person.email);
    });

    test('the letters come in the language that was switched to', async ({ page, shopper, smtp }) => {
      const person = newPerson();
      await shopper.startRegistration(person);
      const english = await smtp.emailTo(person.email, 'confirm-address');
      expect(english.text).toContain(beginning(words.en.emails.confirm_address.intro));

      await shopper.press('Русский');
      await shopper.isAt('/register/code', words.ru.register.code_title);
      await shopper.press(words.ru.code.get_code);
      await expect(page.getByText(words.ru.code.sent_again)).toBeVisible();
      const russian = await smtp.emailTo(person.email, 'confirm-address');
      expect(russian.text).toContain(beginning(words.ru.emails.confirm_address.intro));
      expect(russian.subject).toBe(say(words.ru.emails.confirm_address.subject, { code: codeOf(russian), shop: 'The shop' }));

      await shopper.field(words.ru.fields.code).fill(codeOf(russian));
      await shopper.press(words.ru.code.confirm);
      await shopper.isAt('/account', say(words.ru.account.hello, { name: person.login }));
      const welcome = await smtp.emailTo(person.email, 'welcome');
      expect(welcome.text).toContain(words.ru.emails.welcome.keep);
    });

    test('the account remembers it in another browser', async ({ shopper, another }) => {
      const person = newPerson();
      await shopper.isSignedIn(person);
      await shopper.press('Русский');
      await shopper.isAt('/account', say(words.ru.account.hello, { name: person.login }));

      const elsewhere = await another({ locale: 'en-GB', javaScriptEnabled });
      await elsewhere.signIn(person);
      await elsewhere.isAt('/account', say(words.ru.account.hello, { name: person.login }));
    });

    test('Enter in a field sends the form and not the language switch', async ({ page, shopper, server }) => {
      const person = newPerson();
      const posts: string[] = [];
      page.on('request', (request) => {
        if (request.method() === 'POST') posts.push(new URL(request.url()).pathname);
      });
      await server.makeAccount(person);
      const { fields } = words.en;

      await page.goto('/sign-in');
      await shopper.field(fields.password).fill(person.password);
      await shopper.field(fields.identifier).fill(person.login);
      await shopper.field(fields.identifier).press('Enter');
      await shopper.isAt('/account');
      await shopper.signOut();

      await page.goto('/recover');
      await shopper.field(fields.identifier).fill(person.login);
      if (javaScriptEnabled) {
        // Nothing may happen before the slider was moved.
        await waitForHydration(page);
        await shopper.field(fields.identifier).press('Enter');
        await slide(page, 'end key');
      }
      await shopper.field(fields.identifier).press('Enter');
      await shopper.isAt('/recover/method', words.en.recovery.method_title);
      await expect(page.locator('html')).toHaveAttribute('lang', 'en');
      expect(posts).toEqual(['/api/sign_in', '/api/sign_out', '/api/recover']);
    });

    test('the code screen and the new password can be read in the other language, half-way', async ({ page, shopper, server }) => {
      const person = newPerson();
      await server.makeAccount(person);
      await shopper.askForRecovery(person.login);
      await shopper.press('Русский');
      await shopper.isAt('/recover/method', words.ru.recovery.method_title);
      await shopper.press(words.ru.recovery.email_a_code);
      await shopper.isAt('/recover/code', words.ru.code.title);
      await shopper.field(words.ru.fields.code).fill(await shopper.recoveryCode(person));
      await shopper.press('English');
      await shopper.isAt('/recover/code', words.en.code.title);
      // A code is a secret, too.
      await expect(shopper.field(words.en.fields.code)).toHaveValue('');
      await expect(page.getByRole('main')).toContainText(person.login);
    });
  });
}

test('?lang= shows a screen in a language and keeps it for the next', async ({ page, shopper }) => {
  await page.goto('/sign-in?lang=ru');
  await shopper.isAt('/sign-in', words.ru.sign_in.title);
  await page.goto('/recover');
  await shopper.isAt('/recover', words.ru.recovery.title);
});
