import { Inject, Injectable } from '@nestjs/common';

import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';

// No table.
const DATABASE_TIME = statement('health.database_time', 'select clock_timestamp() as "at"');

@Injectable()
export class HealthRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** The database's clock. To compare with ours and for nothing else. */
  async getDatabaseTime(): Promise<Date> {
    const [row] = await this.database.query<{ at: Date }>(DATABASE_TIME);
    return row!.at;
  }

  /** Is there a migration that this database has not seen? */
  async hasPendingMigrations(): Promise<boolean> {
    return this.database.source.showMigrations();
  }
}
