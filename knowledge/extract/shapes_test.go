package extract_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"liaison/knowledge/extract"
)

// TestPageShapes reads pages built as the publishing systems of offices build
// them; each row is one habit of theirs.
func TestPageShapes(t *testing.T) {
	t.Parallel()
	const tail = `<p>主办：示例市人民政府办公室　网站标识码：0000000000</p>`
	tests := []struct {
		name, body string
		title      string
		text       string
		meta       map[string]string // those that must be there
	}{
		{
			"particulars in cells without colons",
			`<table><tr><td>索 引 号</td><td>002/2031-00011</td><td>文 号</td><td>示政办发〔2031〕11号</td></tr><tr><td>有效性</td><td>有效</td><td>公开方式</td><td>主动公开</td></tr></table><div id="zoom"><p>对租用厂房的企业每平方米补助三元，期限一年，由示例市商务局受理。</p></div>`,
			"示例", "对租用厂房的企业每平方米补助三元，期限一年，由示例市商务局受理。",
			map[string]string{"文号": "示政办发〔2031〕11号", "索引号": "002/2031-00011", "有效性": "有效"},
		},
		{
			"state of the document in a script",
			`<script>var file_status = '失效（提前废止）';</script><div id="zoom"><p>对租用厂房的企业每平方米补助三元。</p></div>`,
			"示例", "对租用厂房的企业每平方米补助三元。", map[string]string{"文件状态": "失效"},
		},
		{
			"text in a script template",
			`<div id="app"></div><script type="text/html"><p>一、每千瓦时补助五分。</p><p>二、每季度申请一次。</p></script>`,
			"示例", "一、每千瓦时补助五分。\n\n二、每季度申请一次。", nil,
		},
		{
			"text in a hidden field",
			`<textarea style="display:none">&lt;p&gt;前十五分钟免费，之后每小时三元。&lt;/p&gt;</textarea><div id="show"></div>`,
			"示例", "前十五分钟免费，之后每小时三元。", nil,
		},
		{
			"a form beside the text is no text",
			`<div id="zoom"><p>前十五分钟免费，之后每小时三元。</p></div><textarea>请输入您的留言。</textarea>`,
			"示例", "前十五分钟免费，之后每小时三元。", nil,
		},
		{
			"question and answer in circles",
			`<div><div><i>问</i><span>能提取吗？</span></div><div><i>答</i><div><p>封存满半年可以提取。</p></div></div></div><div><div><i>问</i><span>要多久？</span></div><div><i>答</i><div><p>答复期限为三个工作日。</p></div></div></div>`,
			"示例", "问：能提取吗？\n\n答：封存满半年可以提取。\n\n问：要多久？\n\n答：答复期限为三个工作日。", nil,
		},
		{
			"number of a heading in a box of its own",
			`<section><p><strong>01</strong></p></section><section><p><strong>补贴对象</strong></p></section><p>本科及以上学历的人才。</p>`,
			"示例", "**01 补贴对象**\n\n本科及以上学历的人才。", nil,
		},
		{
			"phrases around a post",
			`<p>点击上方<strong>蓝字</strong>关注我们</p><p>本科及以上学历的人才可以申请。</p><p>▲长按识别二维码关注</p><p>来源丨示例市人社局</p><p>编辑丨某某</p><p>END</p>`,
			"示例", "本科及以上学历的人才可以申请。", nil,
		},
		{
			"names of tabs",
			`<div><div><a>受理条件</a><a>申请材料</a><a>收费标准</a></div><dl><dt>受理条件</dt><dd>场所面积不小于八平方米的经营者可以申请。</dd><dt>收费标准</dt><dd>不收费</dd></dl></div>`,
			"示例", "**受理条件**\n\n场所面积不小于八平方米的经营者可以申请。\n\n**收费标准**\n\n不收费", nil,
		},
		{
			"a table of particulars",
			`<div class="content"><p>场所面积不小于八平方米的经营者可以申请。</p><table><tr><th>办件类型</th><td>承诺件</td><th>办结时限</th><td>3个工作日</td></tr><tr><th>咨询电话</th><td colspan="3">0000-0000</td></tr></table></div>`,
			"示例", "场所面积不小于八平方米的经营者可以申请。\n\n- 办件类型：承诺件\n- 办结时限：3个工作日\n- 咨询电话：0000-0000", nil,
		},
		{
			"a table in a cell",
			`<div class="content"><p>收费标准按照行业和浓度分档计算如下。</p><table><tr><td>行业</td><td>标准</td></tr><tr><td>印染</td><td><table><tr><td>低</td><td>4.1</td></tr><tr><td>高</td><td>5.6</td></tr></table></td></tr><tr><td>电镀和其他表面处理</td><td>7.9</td></tr></table></div>`,
			"示例", "收费标准按照行业和浓度分档计算如下。\n\n| 行业 | 标准 |\n| --- | --- |\n| 印染 | 低 4.1 高 5.6 |\n| 电镀和其他表面处理 | 7.9 |", nil,
		},
		{
			"the signature is the name of the site",
			`<div><p>示例市税务局关于减免事项的公告</p><p>停产半年以上的可以申请减免。</p><p>示例市税务局</p><p>2031年6月18日</p></div>`,
			"示例市税务局关于减免事项的公告", "停产半年以上的可以申请减免。\n\n示例市税务局\n\n2031年6月18日", nil,
		},
		{
			"particulars in a list of terms, the title in a box beside the text",
			`<dl><dt>索引号</dt><dd>111/2031-1</dd><dt>发文字号</dt><dd>示民发〔2031〕6号</dd><dt>有效性</dt><dd>已废止</dd></dl><div class="tit">示例市民政局关于提高津贴标准的通知</div><div class="txt"><div>各镇：</div><div>一、八十周岁以上的老年人每人每月一百元。</div><div>二、一百周岁以上的老年人每人每月八百元，由所在的镇按月发放。</div></div>`,
			"示例市民政局关于提高津贴标准的通知", "各镇：\n\n一、八十周岁以上的老年人每人每月一百元。\n\n二、一百周岁以上的老年人每人每月八百元，由所在的镇按月发放。",
			map[string]string{"发文字号": "示民发〔2031〕6号", "有效性": "已废止"},
		},
		{
			"particulars behind names in brackets",
			`<ol><li>[发文机构] <span>示例市人民政府</span></li><li>[实施日期] <span>2031-05-22</span></li><li>[发文字号] <span>示政发</span><span>〔2031〕</span><span>14号</span></li><li>[废止日期] <span></span></li></ol><div id="zoom"><p>对租用厂房的企业每平方米补助三元。</p></div>`,
			"示例", "对租用厂房的企业每平方米补助三元。",
			map[string]string{"发文机构": "示例市人民政府", "实施日期": "2031-05-22", "发文字号": "示政发〔2031〕14号", "废止日期": ""},
		},
		{
			"particulars in a table in a row of the page",
			`<table><tr><td><table><tr><td>文件编号</td><td>示政办发〔2031〕48号</td><td>规范性文件统一编号</td><td>SL01</td></tr><tr><td>有效性</td><td>有效</td><td>公开方式</td><td>主动公开</td></tr></table></td></tr><tr><td><div id="zoom"><p>对租用厂房的企业每平方米补助三元。</p></div></td></tr></table>`,
			"示例", "对租用厂房的企业每平方米补助三元。",
			map[string]string{"文件编号": "示政办发〔2031〕48号", "有效性": "有效"},
		},
		{
			"a time in the text that is labelled like that of the page",
			`<div class="con"><p>发布时间：2031-04-25 08:29 阅读：12 次</p><p>定于近期举办一次展会，具体安排如下。</p><p><b>一、时间地点</b></p><p>时间：2031年4月29日至5月3日</p><p>来源：各参展单位</p><p>具体以公告为准。</p></div>`,
			"示例", "定于近期举办一次展会，具体安排如下。\n\n一、时间地点\n\n时间：2031年4月29日至5月3日\n\n来源：各参展单位\n\n具体以公告为准。",
			map[string]string{"发布时间": "2031-04-25 08:29", "时间": "", "来源": ""},
		},
		{
			"a time that is no day of publication",
			`<div class="con"><p>时间：2031年4月29日至5月3日</p><p>地点：示例市博物馆南广场，入场不收取费用。</p></div>`,
			"示例", "时间：2031年4月29日至5月3日\n\n地点：示例市博物馆南广场，入场不收取费用。",
			map[string]string{"时间": ""},
		},
		{
			"who holds an event, and which browser to use for it",
			`<div class="con"><p>定于近期举办一次展会。</p><p>主办单位：示例市商务局 承办单位：示例市展览中心</p><p>3.登录时建议使用示例浏览器</p><p>欢迎各企业参加。</p><p>主办：示例市人民政府 承办：示例市信息中心</p><p>建议使用1024*768分辨率浏览</p></div>`,
			"示例", "定于近期举办一次展会。\n\n主办单位：示例市商务局 承办单位：示例市展览中心\n\n3.登录时建议使用示例浏览器\n\n欢迎各企业参加。", nil,
		},
		{
			"days for a script to count with",
			`<div class="con"><p style="display:none"><span>2031-11-21  00:00</span>至<span>2031-11-28  23:55</span></p><p>现向社会公开征求意见。</p><p style="display:none">答复：能。</p></div>`,
			"示例", "现向社会公开征求意见。\n\n答复：能。", nil,
		},
		{
			"a title broken over the lines of its offices",
			`<h1>示例市税务局 示例市公安局 示例市财政局 示例市水利局关于印发支持企业发展若干措施的通知</h1><div class="con"><p>示例市税务局</p><p>示 例 市 公 安 局</p><p>示例市财政局</p><p>示例市水利局</p><p>关于印发《支持企业发展</p><p>若干措施》的通知</p><p>示税〔2031〕7号</p><p>各有关单位应当认真抓好落实。</p></div>`,
			"示例市税务局 示例市公安局 示例市财政局 示例市水利局关于印发支持企业发展若干措施的通知", "示税〔2031〕7号\n\n各有关单位应当认真抓好落实。", nil,
		},
		{
			"the day of the page behind the title",
			`<h1>示例市税务局关于减免事项的公告<small>（2031年01月15日）</small></h1><div class="con"><p>停产半年以上的可以申请减免。</p><p>公开方式：主动公开</p></div>`,
			"示例市税务局关于减免事项的公告", "停产半年以上的可以申请减免。", map[string]string{"发布时间": "2031年01月15日"},
		},
		{
			"pages of a list",
			`<div><ul><li>示例市第一批项目将于本月底前完成申报。</li></ul><div>共 12 页 <a>下一页</a> <a>尾页</a></div></div>`,
			"示例", "- 示例市第一批项目将于本月底前完成申报。", nil,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			title := "示例"
			if tt.title != title {
				title = "示例市税务局"
			}
			page, err := extract.Read("page.html", []byte("<html><head><title>"+title+"</title></head><body>"+tt.body+tail+"</body></html>"))
			if err != nil {
				t.Fatal(err)
			}
			if page.Title != tt.title {
				t.Errorf("title %q, want %q", page.Title, tt.title)
			}
			if diff := cmp.Diff(tt.text, page.Text); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			for k, v := range tt.meta { // "" is a key that must be absent
				if page.Meta[k] != v {
					t.Errorf("%s = %q, want %q", k, page.Meta[k], v)
				}
			}
		})
	}
}

// TestColumnsBehindTitle reads titles of pages that end in the names of several
// columns and of the site.
func TestColumnsBehindTitle(t *testing.T) {
	t.Parallel()
	for full, want := range map[string]string{
		"示例市关于优化支付服务的意见_政策文件_示例市人民政府":          "示例市关于优化支付服务的意见",
		"关于申报2031-2032年项目的通知（第二批）-通知公告-示例市商务局": "关于申报2031-2032年项目的通知（第二批）",
		"示例市关于停产减免的公告 | 公告 | 示例市税务局":           "示例市关于停产减免的公告",
	} {
		page, err := extract.Read("page.html", []byte("<html><head><title>"+full+"</title></head><body><p>停产半年以上的可以申请减免。</p></body></html>"))
		if err != nil || page.Title != want {
			t.Errorf("%q: title %q, error %v; want %q", full, page.Title, err, want)
		}
	}
}

// TestScreenedPage reads what a firewall serves in place of a page: settings of a
// script are no text.
func TestScreenedPage(t *testing.T) {
	t.Parallel()
	_, err := extract.Read("page.html", []byte(`<textarea id="renderData" style="display:none">{"l1":"var arg1='5d7003f326712e0245110b373122177ecd1776cc';"}</textarea><!doctype html><html><head><script>go()</script></head><body></body></html>`))
	if fault := new(extract.Unreadable); !errors.As(err, &fault) || fault.Code != extract.CodeEmpty {
		t.Errorf("error %v, want the code %s", err, extract.CodeEmpty)
	}
}

// TestTablesOfASheet reads sheets with more than one table.
func TestTablesOfASheet(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ csv, want string }{
		"lines between": {
			"甲表,,\n序号,类别,金额\n1,市级,10万元\n第四条 申请的企业应当盈利。,,\n乙表,,\n序号,企业名称,认定时间\n1,示例公司,2031年2月\n",
			"# 甲表\n\n| 序号 | 类别 | 金额 |\n| --- | --- | --- |\n| 1 | 市级 | 10万元 |\n\n第四条 申请的企业应当盈利。\n\n乙表\n\n| 序号 | 企业名称 | 认定时间 |\n| --- | --- | --- |\n| 1 | 示例公司 | 2031年2月 |",
		},
		"an empty row between": {
			"类别,金额\n市级,10万元\n,\n企业名称,认定时间\n示例公司,2031年2月\n",
			"| 类别 | 金额 |\n| --- | --- |\n| 市级 | 10万元 |\n\n| 企业名称 | 认定时间 |\n| --- | --- |\n| 示例公司 | 2031年2月 |",
		},
		"groups of one table": {
			"项目,标准,备注\n工业类,,\n技术改造,10万元,每年\n商贸类,,\n开设网店,5万元,一次\n",
			"| 项目 | 标准 | 备注 |\n| --- | --- | --- |\n| 工业类 |  |  |\n| 技术改造 | 10万元 | 每年 |\n| 商贸类 |  |  |\n| 开设网店 | 5万元 | 一次 |",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, err := extract.Read("rates.csv", []byte(tt.csv))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, page.Text); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestLinksOfPages finds out where a page stands in what it says beside its text.
func TestLinksOfPages(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ head, want string }{
		"path and site in tags": {`<meta name="SiteDomain" content="office.example.org"><meta name="Url" content="/art/2031/5/17/a.html">`, "https://office.example.org/art/2031/5/17/1.pdf"},
		"note of a browser":     {`<!-- saved from url=(0043)http://office.example.org/art/2031/5/a.html -->`, "http://office.example.org/art/2031/5/1.pdf"},
		"name of the page only": {`<meta name="SiteDomain" content="office.example.org"><meta name="Url" content="./a.html">`, "./1.pdf"},
	} {
		page, err := extract.Read("page.html", []byte("<html><head>"+tt.head+`</head><body><p>停产半年以上的可以申请减免。</p><p><a href="./1.pdf">申请表.pdf</a></p></body></html>`))
		if err != nil || len(page.Links) != 1 || page.Links[0].URL != tt.want {
			t.Errorf("%s: links %v, error %v; want %q", name, page.Links, err, tt.want)
		}
	}
}
