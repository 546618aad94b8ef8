import { newPerson } from '../fixtures/person';
import { PostgresDatabase } from '../fixtures/postgres';
import { expect, test as base } from '../fixtures/test';
import { until } from '../fixtures/until';
import { happyPath } from '../fixtures/happy-path';

const test = base.extend<{ database: PostgresDatabase }>({
  database: async ({}, use) => {
    const database = await PostgresDatabase.create();
    await use(database);
    await database.drop();
  },
  settings: async ({ database }, use) => use(database.settings),
});

test('the whole way on PostgreSQL', async ({ shopper, smtp }) => {
  await happyPath(shopper, smtp, newPerson());
});

test.describe('while the database is away', () => {
  // The browser itself reports a page with status 503.
  test.use({ complaints: [/status of 503/] });

  test('screens say so with 503, and work again as soon as it is back', async ({ shopper, server, database }) => {
    const { errors, error_page } = shopper.words;
    const person = newPerson();
    await shopper.isSignedIn(person);

    await database.close();
    const answer = await shopper.page.goto('/account');
    expect(answer?.status()).toBe(503);
    expect(Number(answer?.headers()['retry-after'])).toBeGreaterThan(0);
    await shopper.isAt('/account', error_page.unavailable);
    await expect(shopper.page.getByRole('main')).toContainText(errors.unavailable);
    // Nothing about the infrastructure.
    await expect(shopper.page.locator('body')).not.toContainText(/postgres|sqlx|database|connection|panic/i);
    expect(await server.isReady()).toBe(false);

    await database.open();
    await until('the server to find its database', async () => ((await server.isReady()) ? true : undefined));
    await shopper.page.reload();
    await shopper.isAt('/account');
    await expect(shopper.page.getByRole('main')).toContainText(person.login);
  });
});
