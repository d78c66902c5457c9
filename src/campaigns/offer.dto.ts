import { IsNumber, IsOptional, IsString, Length, Matches, Max, MaxLength, Min } from 'class-validator';

import type { Offer } from './offer.entity.js';

/** A new offer. */
export class CreateOfferDto {
  /** What people call it. */
  @IsString()
  @Length(1, 200)
  name!: string;

  /** What is in it. */
  @IsOptional()
  @IsString()
  @MaxLength(5000)
  description?: string;

  /** In `currency`. */
  @IsOptional()
  @IsNumber({ maxDecimalPlaces: 2 })
  @Min(0)
  @Max(999_999_999_999)
  price?: number | null;

  /** ISO 4217. */
  @IsOptional()
  @Matches(/^[A-Z]{3}$/, { message: 'currency must be three capital letters, such as EUR' })
  currency?: string | null;
}

/** An offer. */
export class OfferView {
  /** Id of the offer. */
  id!: number;
  /** What people call it. */
  name!: string;
  /** What is in it. */
  description!: string;
  /** In `currency`. */
  price!: number | null;
  /** ISO 4217. */
  currency!: string | null;
  /** When it was made. */
  createdAt!: string;

  static of(offer: Offer): OfferView {
    const { id, name, description, price, currency, createdAt } = offer;
    return Object.assign(new OfferView(), {
      id,
      name,
      description,
      price,
      currency,
      createdAt: createdAt.toISOString(),
    });
  }
}
