"""How sales says no of a car of the catalogue."""

from __future__ import annotations

from contracts.refusals import Conflict, Invalid, NotAllowed, NotFound, RuleRefused


class DefinitionNotFound(NotFound):
    """No such car in the catalogue."""

    code = "DEFINITION_NOT_FOUND"
    zh = "车型目录中没有这一项"
    en = "There is no such car in the catalogue"


class DefinitionWithdrawn(RuleRefused):
    """It is not offered any more."""

    code = "DEFINITION_WITHDRAWN"
    zh = "{name}已停售"
    en = "{name} is not offered any more"


class CarDefined(Conflict):
    """It is in the catalogue already."""

    code = "CAR_DEFINED"
    zh = "车型目录中已有{name}"
    en = "{name} is in the catalogue already"


class DefinitionUnknown(Invalid):
    """What is named is not in the catalogue, or not offered any more."""

    code = "DEFINITION_UNKNOWN"
    zh = "车型目录中没有这一项,或已停售,请重新选择车型"
    en = "This is not in the catalogue, or not offered any more; choose another car"


class DefinitionDiffers(Invalid):
    """The words beside it are another car's."""

    code = "DEFINITION_DIFFERS"
    zh = "所选车型为{name},与填写的车型不符"
    en = "The car that was chosen is called {name}; what was typed is another"


class PriceInPast(Invalid):
    """A list price of days that are over would change what was offered by it."""

    code = "PRICE_IN_PAST"
    zh = "指导价不能从今天以前开始"
    en = "A list price cannot begin before today"


class PriceOfGroup(NotAllowed):
    """The group's prices are set by whoever reaches all of it."""

    code = "PRICE_OF_GROUP"
    zh = "您只能设定本店的指导价,请选择门店"
    en = "You may set prices of your stores alone; name one"
