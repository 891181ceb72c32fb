"""How often what goes wrong, and what looks like one person and is two (F3), and what N the shares are of.

F3 gives one list of rates for "10 000 persons × 4 departmental files". It is read like this:

- N is the number of parties, people and companies alike, that `--persons` asks for; the driver and the wife count too.
  A situation of two parties is counted once: 2.5 % means 250 couples among 10 000 parties.
- A slip of the pen is a share of the rows that could have it: a row without a telephone number cannot have a wrong one.

| of F3 | share | of |
|---|---|---|
| homophone typo | 3 % | rows with a person's full name |
| surname and title only | 5 % | rows of people, whatever the file: nine of ten of them are in the service file |
| new phone, old kept | 4 % | parties |
| spouse uses the same phone | 2.5 % | parties, in couples |
| company car, driver brings it | 6 % | parties, company and driver counted once |
| phone digit wrong or transposed | 1.5 % | rows with a mobile number |
| 15-digit ID | 40 % | rows with a resident ID, 2002 only |
| ID typo | 1 % | rows with a resident ID; the 18-digit form, since the other has no check digit |
| temporary plate | 8 % | cars that we sold |
| O for 0, I for 1 in a VIN | 1 % | rows with a VIN |
| second-hand owner change | 2 % | parties, both owners counted once |
| traditional characters | 1 % | parties, all of Hong Kong |
| accent | 1 % | parties: half are two people told apart by their surname's sound only, half one person misheard |

Same names come as they come. A company's short name (`company_short`) stands in one of twenty service rows of
companies; F3 has no rate for it.
"""

from __future__ import annotations

HOMOPHONE = 0.03
NEW_PHONE = 0.04
SPOUSE = 0.025
DRIVER = 0.06
PHONE_TYPO = 0.015
ID_TYPO = 0.01
TEMPORARY_PLATE = 0.08
VIN_SLIP = 0.01
SECOND_OWNER = 0.02
HONG_KONG = 0.01
ACCENT_PAIR = 0.005
ACCENT_HEARD = 0.005

TITLE_ONLY = {"sales": 0.012, "service": 0.183}
"""Shares of each file's rows of people which together make 5 % of all rows of people."""
COMPANY_SHORT = 0.05

_SECOND_PARTIES = SPOUSE + DRIVER + SECOND_OWNER + ACCENT_PAIR
PER_CIRCLE = 1 / (1 - _SECOND_PARTIES)
"""Parties per circle: a share of the parties times this is a share of the circles."""
