"""How the gateway itself says no: to what it owns (organisation, accounts), before any service is asked."""

from __future__ import annotations

from contracts.refusals import Conflict, Invalid, NotAllowed, NotFound, RuleRefused


class SessionRequired(NotAllowed):
    """No session, or one that has ended."""

    code = "SESSION_REQUIRED"
    zh = "请先登录"
    en = "Please log in"


class SessionNotFound(NotFound):
    """None of his own: ended meanwhile, or somebody else's."""

    code = "SESSION_NOT_FOUND"
    zh = "没有这个登录,可能已经结束"
    en = "There is no such session; it may have ended"


class PasswordChangeRequired(NotAllowed):
    """An initial password opens nothing but the way to a password of one's own."""

    code = "PASSWORD_CHANGE_REQUIRED"
    zh = "请先修改初始密码"
    en = "Please choose a password of your own first"


class LoginFailed(NotAllowed):
    """Unknown account, wrong or outdated password, or no longer employed: nobody learns which."""

    code = "LOGIN_FAILED"
    zh = "帐号或密码错误;忘记密码请联系系统管理员"
    en = "The account or the password is wrong; whoever has forgotten it asks the administrator"


class TooManyAttempts(NotAllowed):
    """The account or the address has to wait, right password or not. `details["retry_after"]` is in seconds."""

    code = "TOO_MANY_ATTEMPTS"
    zh = "尝试次数过多,请{retry_after}秒后再试"
    en = "Too many attempts; try again in {retry_after} seconds"


class RevealLimit(NotAllowed):
    """He saw as many full phone numbers within an hour as one person may. `details["retry_after"]` is in seconds."""

    code = "REVEAL_LIMIT"
    zh = "每人每小时最多查看{most}个完整电话,请{retry_after}秒后再试"
    en = "One person sees at most {most} full phone numbers in an hour; try again in {retry_after} seconds"


class SearchLimit(NotAllowed):
    """He searched by numbers as often as one person may (`gateway/search_ration.py`); found or not is not told.

    `details["retry_after"]` is in seconds.
    """

    code = "SEARCH_LIMIT"
    zh = "按号码查询次数已达上限,请{retry_after}秒后再试;姓名、车牌、车架号不受限制"
    en = "You searched by numbers too often; try again in {retry_after} seconds. Names, plates and VINs are not limited"


class SheetNotWhole(NotAllowed):
    """A sheet that is signed shows everything as it is kept, or is not made."""

    code = "SHEET_NOT_WHOLE"
    zh = "单据含有不能完整显示的内容({fields}),请由有权查看的同事打印"
    en = "The sheet holds what cannot be shown in full ({fields}); a colleague who may see it can print it"


class SheetLacksCharacters(RuleRefused):
    """The font has no picture of a sign that stands in the record (`gateway/paper/`)."""

    code = "SHEET_LACKS_CHARACTERS"
    zh = "字库中没有以下字符,不能打印:{characters}"
    en = "The font lacks these characters, so that it cannot be printed: {characters}"


class SheetTooLarge(RuleRefused):
    """More than a sheet of paper is for (`gateway/paper/setting.py`)."""

    code = "SHEET_TOO_LARGE"
    zh = "内容过多,不能打印为单据"
    en = "There is too much in it for a sheet of paper"


class PasswordTooWeak(Invalid):
    """Too short, too long, or among the first that anybody would try."""

    code = "PASSWORD_TOO_WEAK"
    zh = "密码须为8至128个字符,且不能是常见密码或包含帐号"
    en = "A password has 8 to 128 characters, is not a common one and does not contain the account's name"


class CodeTaken(Conflict):
    """The code belongs to another dealer, store or member of staff."""

    code = "CODE_TAKEN"
    zh = "编码{code}已被使用,请换一个"
    en = "The code {code} is taken; please choose another"


class CodeInvalid(Invalid):
    """A code is made of other signs (`gateway/organisation.py`)."""

    code = "CODE_INVALID"
    zh = "编码格式不正确"
    en = "This is not a valid code"


class DealerNotFound(NotFound):
    """No such dealer group."""

    code = "DEALER_NOT_FOUND"
    zh = "没有这个经销商集团"
    en = "There is no such dealer group"


class StoreNotFound(NotFound):
    """No such store."""

    code = "STORE_NOT_FOUND"
    zh = "没有这个门店"
    en = "There is no such store"


class TeamNotFound(NotFound):
    """No such team."""

    code = "TEAM_NOT_FOUND"
    zh = "没有这个团队"
    en = "There is no such team"


class HoursInvalid(Invalid):
    """Opening hours that are none. `details["field"]` names the day."""

    code = "HOURS_INVALID"
    zh = "营业时间不正确:时段写作08:30至24:00,按先后排列且不重叠"
    en = "These are no opening hours: times are written 08:30, up to 24:00, and spans follow each other"


class OwnDayTwice(Invalid):
    """A day of its own has one set of hours."""

    code = "OWN_DAY_TWICE"
    zh = "{day}重复出现"
    en = "{day} is there twice"


class DaysInvalid(Invalid):
    """A calendar is shown from a day to a later one, and not for ever."""

    code = "DAYS_INVALID"
    zh = "请查询1至{most}天的日历"
    en = "A calendar is shown for 1 to {most} days"


class StaffNotFound(NotFound):
    """No such member of staff."""

    code = "STAFF_NOT_FOUND"
    zh = "没有这位员工"
    en = "There is no such member of staff"


class RoleUnknown(Invalid):
    """The access matrix declares no such role."""

    code = "ROLE_UNKNOWN"
    zh = "没有角色{role}"
    en = "There is no role {role}"


class RoleMissing(Invalid):
    """Who has no role can do nothing; whoever has left is not active any more."""

    code = "ROLE_MISSING"
    zh = "请至少选择一个岗位;离职请办理离职"
    en = "Choose at least one role; whoever has left is no longer active"


class StoreUnknown(Invalid):
    """Nobody can work in a store that does not exist."""

    code = "STORE_UNKNOWN"
    zh = "没有门店{store_id}"
    en = "There is no store {store_id}"


class PolicyNotFound(NotFound):
    """No service has a policy of this code."""

    code = "POLICY_NOT_FOUND"
    zh = "没有名为{policy}的政策"
    en = "There is no policy {policy}"


class TeamUnknown(Invalid):
    """A member of staff is in a team of one of his stores, or in none."""

    code = "TEAM_UNKNOWN"
    zh = "该员工的门店没有团队{team}"
    en = "No store of this person has a team {team}"


class LastAdmin(RuleRefused):
    """Without an administrator nobody could be one again."""

    code = "LAST_ADMIN"
    zh = "这是最后一位系统管理员,请先让另一位员工担任,再停用或取消其角色"
    en = "This is the last administrator; make somebody else one before the role or the employment ends"


class NotInTestMode(NotFound):
    """The clock can be set where the deployment says that it is a test, and nowhere else."""

    code = "NOT_IN_TEST_MODE"
    zh = "只有测试系统才能设置时钟"
    en = "Only a test system has a clock to set"
