import { Transform } from 'class-transformer';
import {
  IsBoolean,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateBy,
} from 'class-validator';

import type { Offer, OfferAttributes } from './offer.entity.js';
import { faultInOfferAttributes } from './offer-attributes.js';

const IsOfferAttributes = () =>
  ValidateBy({
    name: 'isOfferAttributes',
    validator: {
      validate: (value: unknown) => faultInOfferAttributes(value) === null,
      defaultMessage: (args) => `attributes: ${faultInOfferAttributes(args?.value)}`,
    },
  });

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

  /** What else is said of it, by names of your choice: texts, numbers, true or false. At most 50. */
  @IsOptional()
  @IsObject()
  @IsOfferAttributes()
  attributes?: Record<string, unknown>;
}

/** An offer's new content. What is left out is taken away. */
export class UpdateOfferDto extends CreateOfferDto {
  /** The version that was edited. */
  @IsInt()
  @Min(1)
  version!: number;
}

/** Which offers to list. */
export class ListOffersDto {
  /** Also those that were put away. */
  @IsOptional()
  @Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : (value as unknown)))
  @IsBoolean()
  archived?: boolean;
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
  /** What else is said of it, by name: texts, numbers, true or false. */
  attributes!: Record<string, unknown>;
  /** Grows with each change. */
  version!: number;
  /** When it was made. */
  createdAt!: string;
  /** When it was last changed. */
  updatedAt!: string;
  /** When it was put away: offered to nobody any more. */
  archivedAt!: string | null;

  static of(offer: Offer): OfferView {
    const { id, name, description, price, currency, attributes, version, createdAt, updatedAt, archivedAt } = offer;
    return Object.assign(new OfferView(), {
      ...{ id, name, description, price, currency, attributes, version },
      createdAt: createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
      archivedAt: archivedAt?.toISOString() ?? null,
    });
  }
}

/** The content of a body as the service takes it. The validator has seen to the form of the attributes. */
export function offerOf(body: CreateOfferDto): CreateOfferDto & { attributes?: OfferAttributes } {
  return body as CreateOfferDto & { attributes?: OfferAttributes };
}
