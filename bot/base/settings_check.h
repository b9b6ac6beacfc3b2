/* bot/base/settings_check.h — the settings that are more than a text, a number or a word.
 *
 * Each reads one text into its field (see setting_parse) and says what to do when it does not fit.
 * Thread: any.                                                                                                       */
#ifndef GILBOT_BASE_SETTINGS_CHECK_H
#define GILBOT_BASE_SETTINGS_CHECK_H

#include "bot/base/settings_table.h"

setting_parse settings_check_listen;      /* struct settings_listen: HOST:PORT, [IPV6]:PORT, unix:PATH, systemd  */
setting_parse settings_check_url;         /* struct str: http(s), without a slash at the end; empty is fine       */
setting_parse settings_check_url_folder;  /* struct str: http(s), with a slash at the end                         */
setting_parse settings_check_path;        /* struct str: made whole with the file's folder                        */
setting_parse settings_check_timezone;    /* struct str: a name of the IANA time zone database                    */
setting_parse settings_check_locale;      /* struct str: a language tag such as ko or en-US                       */
setting_parse settings_check_hex;         /* struct str: an even number of hexadecimal digits; empty is fine      */
setting_parse settings_check_unsupported; /* struct str: must be empty                                            */
setting_parse settings_check_platform;    /* struct str: slack, channel_talk or web                               */
setting_parse settings_check_command;     /* struct str: a slash command with its slash                           */
setting_parse settings_check_route_text;  /* struct settings_route: `text` or `text_pattern`                      */

#endif
