-- conf: spark.sql.legacy.timeParserPolicy=LEGACY
SELECT date_format(TIMESTAMP'2024-03-05 14:07:08.123456', 'yyyy-MM-dd HH:mm:ss.SSS'), date_format(TIMESTAMP'2024-03-05 14:07:08.123456', 'SSSSSS');
SELECT date_format(TIMESTAMP'2024-03-05 14:07:08.005', 'yy y yyyyy M MM MMM MMMM d D DDD E EEEE a h hh K k S');
SELECT date_format(TIMESTAMP'2024-03-31 00:07:08', 'F u w W k K h G GGGG'), date_format(DATE'2024-12-30', 'w Y');
SELECT date_format(TIMESTAMP'2024-03-05 14:07:08', 'z zzzz Z X XX'), date_format(TIMESTAMP'2024-03-05 14:07:08', '[yyyy]');
SELECT date_format(TIMESTAMP'2024-03-05 14:07:08', 'q');
SELECT date_format(TIMESTAMP'2024-03-05 14:07:08', 'XXXX');
SELECT to_timestamp('2024-03-05 10:11:12.12', 'yyyy-MM-dd HH:mm:ss.SSS'), to_timestamp('2024-3-5 1:2:3', 'yyyy-MM-dd HH:mm:ss');
SELECT to_timestamp('2024-03-05 10:11:12.1234', 'yyyy-MM-dd HH:mm:ss.SSSS');
SELECT to_date('2024-03-05 and more', 'yyyy-MM-dd'), to_date('26/October/2015', 'dd/MMMMM/yyyy'), to_date('26/oct/15', 'dd/MMM/yy');
SELECT to_date('20240305', 'yyyyMMdd'), to_timestamp('20240305101112', 'yyyyMMddHHmmss'), to_date('2024-065', 'yyyy-DDD');
SELECT to_date('2024-02-30', 'yyyy-MM-dd');
SELECT to_date('Monday 2024-03-05', 'EEEE yyyy-MM-dd');
SELECT to_date('Tuesday 2024-03-05', 'EEEE yyyy-MM-dd'), to_date('Tue 2024-03-05', 'EEE yyyy-MM-dd');
SELECT to_timestamp('2024-03-05 13:00', 'yyyy-MM-dd hh:mm');
SELECT to_timestamp('2024-03-05 01:00 PM', 'yyyy-MM-dd hh:mm a'), to_timestamp('2024-03-05 12:00 AM', 'yyyy-MM-dd hh:mm a');
SELECT to_timestamp('2024-03-05 01:00 +0900', 'yyyy-MM-dd HH:mm Z'), to_timestamp('2024-03-05 01:00 GMT+9:00', 'yyyy-MM-dd HH:mm z'), to_timestamp('2024-03-05T01:00Z', "yyyy-MM-dd'T'HH:mmX");
SELECT unix_timestamp('05/03/2024', 'dd/MM/yyyy'), from_unixtime(0, 'yyyy-MM-dd HH:mm:ss.SSS');
SELECT try_to_timestamp('x', 'yyyy'), to_timestamp(NULL, 'yyyy');
