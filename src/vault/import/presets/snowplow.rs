//! Snowplow's enriched events: 131 columns of tab-separated text without a header, or the same
//! columns with their names in a warehouse's table.
//!
//! Quotes mean nothing in that text: they are part of the JSON that stands in some of the columns.

use super::Facts;
use crate::views::Preset;

pub(super) const FACTS: Facts = Facts {
    preset: Preset::Snowplow,
    needs: &[
        &["event_name", "event"],
        &["derived_tstamp", "collector_tstamp"],
        &["domain_userid", "network_userid"],
    ],
    subject: &["user_id", "domain_userid", "network_userid"],
    session: &["domain_sessionid"],
    event: &["event_name", "event"],
    time: &["derived_tstamp", "collector_tstamp"],
    consent: &[],
    insert_id: &["event_id"],
};

/// The columns in the order of the documentation, with a blank between two.
const COLUMNS: &str = "app_id platform etl_tstamp collector_tstamp dvce_created_tstamp event event_id txn_id \
    name_tracker v_tracker v_collector v_etl user_id user_ipaddress user_fingerprint \
    domain_userid domain_sessionidx network_userid geo_country geo_region geo_city geo_zipcode \
    geo_latitude geo_longitude geo_region_name ip_isp ip_organization ip_domain ip_netspeed \
    page_url page_title page_referrer page_urlscheme page_urlhost page_urlport page_urlpath \
    page_urlquery page_urlfragment refr_urlscheme refr_urlhost refr_urlport refr_urlpath \
    refr_urlquery refr_urlfragment refr_medium refr_source refr_term mkt_medium mkt_source \
    mkt_term mkt_content mkt_campaign contexts se_category se_action se_label se_property \
    se_value unstruct_event tr_orderid tr_affiliation tr_total tr_tax tr_shipping tr_city \
    tr_state tr_country ti_orderid ti_sku ti_name ti_category ti_price ti_quantity \
    pp_xoffset_min pp_xoffset_max pp_yoffset_min pp_yoffset_max useragent br_name br_family \
    br_version br_type br_renderengine br_lang br_features_pdf br_features_flash \
    br_features_java br_features_director br_features_quicktime br_features_realplayer \
    br_features_windowsmedia br_features_gears br_features_silverlight br_cookies br_colordepth \
    br_viewwidth br_viewheight os_name os_family os_manufacturer os_timezone dvce_type \
    dvce_ismobile dvce_screenwidth dvce_screenheight doc_charset doc_width doc_height \
    tr_currency tr_total_base tr_tax_base tr_shipping_base ti_currency ti_price_base \
    base_currency geo_timezone mkt_clickid mkt_network etl_tags dvce_sent_tstamp \
    refr_domain_userid refr_device_tstamp derived_contexts domain_sessionid derived_tstamp \
    event_vendor event_name event_format event_version event_fingerprint true_tstamp";

/// Columns of the text; older pipelines wrote only the first of them.
const USUAL: usize = 131;
const FEWEST: usize = 108;

/// Names for so many columns of text without a header.
pub(in crate::vault::import) fn columns(wanted: usize) -> Vec<String> {
    let known = COLUMNS.split(' ').map(str::to_owned);
    known.chain((USUAL + 1..).map(|number| format!("column {number}"))).take(wanted).collect()
}

/// Whether this is that text: so many tabs, and the fields that are never empty are what they must
/// be. Where somebody says that it is, the number of columns alone decides.
pub(in crate::vault::import) fn is_headerless(text: &[u8], said: Option<Preset>) -> bool {
    let line = text.split(|c| matches!(c, b'\n' | b'\r')).next().unwrap_or_default();
    let fields: Vec<&[u8]> = line.split(|c| *c == b'\t').collect();
    if fields.first() == Some(&&b"app_id"[..]) || fields.len() < FEWEST {
        return false;
    }
    let is_time = |field: &[u8]| field.len() >= 19 && field[4] == b'-' && field[13] == b':';
    let is_uuid = |field: &[u8]| field.len() == 36 && field[8] == b'-' && field[23] == b'-';
    said == Some(Preset::Snowplow)
        || said.is_none() && fields.len() >= USUAL && is_time(fields[3]) && is_uuid(fields[6])
}
