import Tenant
import Testing

@Suite struct CronScheduleTests {
    @Test func `fields are numbers, ranges, steps, lists and names`() throws {
        let schedule = try #require(CronSchedule("*/15 9-17 1,15 jan-mar mon,fri"))
        #expect(schedule.minutes == [0, 15, 30, 45])
        #expect(schedule.hours == Set(9...17))
        #expect(schedule.days == [1, 15])
        #expect(schedule.months == [1, 2, 3])
        #expect(schedule.weekdays == [1, 5])
        #expect(!schedule.needsBothDays)
        #expect(CronSchedule("5/20 0 * * 7")?.minutes == [5, 25, 45])
        #expect(CronSchedule("0 0 * * 7")?.weekdays == [0])
        #expect(CronSchedule("0 0 * * 5-7")?.weekdays == [5, 6, 0])
        #expect(CronSchedule("0  3 *  * *")?.text == "0 3 * * *")
    }

    @Test(arguments: [
        "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *", "* * * * 8",
        "5-1 * * * *", "*/0 * * * *", "*/ * * * *", "1, * * * *", "a * * * *", "1-2-3 * * * *", "-1 * * * *",
        "0 0 30 2 *", "@daily", "1/2/3 * * * *", "٣ * * * *",
    ])
    func `what is no schedule, or is never due, is none`(text: String) {
        #expect(CronSchedule(text) == nil)
    }
}
